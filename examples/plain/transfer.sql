begin;
insert into general_classification (company_id, definition_id, contact_id, class_label, cycle_id, since)
select i.company_id, :'definition', i.contact_id, k.label, i.cycle_id, now()
from item i join cycle_class k on k.company_id = i.company_id and k.cycle_id = i.cycle_id and k.position = i.proposed_class
where i.company_id = :'company' and i.cycle_id = :'cycle' and i.status = 'accepted';
insert into general_classification_history (company_id, definition_id, contact_id, cycle_id, class_label, at)
select i.company_id, :'definition', i.contact_id, i.cycle_id, k.label, now()
from item i join cycle_class k on k.company_id = i.company_id and k.cycle_id = i.cycle_id and k.position = i.proposed_class
where i.company_id = :'company' and i.cycle_id = :'cycle' and i.status = 'accepted';
update cycle set state = 'transferred', transferred_at = now(), revision = 4
where company_id = :'company' and cycle_id = :'cycle';
insert into audit_record (company_id, audit_id, account_id, command, subject_id, revision)
values (:'company', :'audit', :'by', 'transfer', :'cycle', 4);
commit;
