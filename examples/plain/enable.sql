begin;
insert into border_version (company_id, cycle_id, version, borders, planned, saved_by)
values (:'company', :'cycle', 1, :'borders', '{2500,2500,2500,2500}', :'by');
update cycle set state = 'approving', draft_version = 1, frozen_version = 1, revision = 2
where company_id = :'company' and cycle_id = :'cycle';
update item set status = 'in_progress', score = latest_score, proposed_class = width_bucket(latest_score, :'borders'::bigint[]),
       revision = 2
where company_id = :'company' and cycle_id = :'cycle';
insert into audit_record (company_id, audit_id, account_id, command, subject_id, revision)
values (:'company', :'audit', :'by', 'enable for approval', :'cycle', 2);
commit;
