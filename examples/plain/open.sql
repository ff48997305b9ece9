begin;
insert into cycle (company_id, cycle_id, definition_id, name, state, revision, next_seq)
values (:'company', :'cycle', :'definition', 'Plain', 'collecting', 1, :items);
insert into cycle_class select company_id, :'cycle', position, label, colour, planned, calls_per_year, class_id, code
from mt_class where company_id = :'company' and definition_id = :'definition';
insert into item (company_id, cycle_id, seq, contact_id, score, latest_score, revision)
select c.company_id, :'cycle', row_number() over (order by c.external_id) - 1, c.contact_id, m.value, m.value, 1
from contact c
join mt_definition d on d.company_id = c.company_id and d.definition_id = :'definition' and d.kind = c.kind
join mt_definition_specialty s on s.company_id = d.company_id and s.definition_id = d.definition_id
     and s.specialty_id = c.specialty_id
join contact_measure m on m.company_id = c.company_id and m.measure_id = d.measure_id and m.contact_id = c.contact_id
where c.company_id = :'company';
insert into audit_record (company_id, audit_id, account_id, command, subject_id, revision)
values (:'company', :'audit', :'by', 'open cycle', :'cycle', 1);
insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, score, latest_score, status_before, status)
select company_id, :'audit', seq, cycle_id, contact_id, score, latest_score, status, status
from item where company_id = :'company' and cycle_id = :'cycle';
commit;
