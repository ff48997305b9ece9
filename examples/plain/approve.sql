begin;
update cycle set revision = 3 where company_id = :'company' and cycle_id = :'cycle';
insert into audit_record (company_id, audit_id, account_id, command, subject_id, revision)
values (:'company', :'audit', :'by', 'accept', :'cycle', 3);
insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, score, latest_score, proposed_class, status_before, status)
select company_id, :'audit', seq, cycle_id, contact_id, score, latest_score, proposed_class, status, 'accepted'
from item where company_id = :'company' and cycle_id = :'cycle' and status = 'in_progress';
update item set status = 'accepted', decided_by = :'by', decided_at = now(), revision = 3
where company_id = :'company' and cycle_id = :'cycle' and status = 'in_progress';
commit;
