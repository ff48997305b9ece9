-- At size: what every row of a large cycle paid for and nobody needs.

-- Foreign keys that were checked row by row, several times a row, although one statement writes all rows out of the rows
-- they refer to, under the company's or the cycle's lock, and nothing they refer to is ever deleted. tests/it/references.rs checks the same
-- set-based. The records of commands (audit_record, cycle, border_version, transfer_manifest) keep theirs: one row a command.
alter table item
    drop constraint item_company_id_cycle_id_fkey,
    drop constraint item_company_id_contact_id_fkey,
    drop constraint item_decided_by_fkey;
alter table audit_item drop constraint audit_item_company_id_audit_id_fkey;
alter table general_classification
    drop constraint general_classification_company_id_definition_id_fkey,
    drop constraint general_classification_company_id_contact_id_fkey,
    drop constraint general_classification_company_id_cycle_id_fkey;
alter table general_classification_history
    drop constraint general_classification_history_company_id_definition_id_fkey,
    drop constraint general_classification_history_company_id_contact_id_fkey,
    drop constraint general_classification_history_company_id_cycle_id_fkey;
alter table contact
    drop constraint contact_company_id_region_id_fkey,
    drop constraint contact_company_id_specialty_id_fkey,
    drop constraint contact_company_id_owner_id_fkey;
alter table contact_measure
    drop constraint contact_measure_company_id_measure_id_fkey,
    drop constraint contact_measure_company_id_contact_id_fkey;

-- Every command on an item changes its revision: an index on that made PostgreSQL write each index of the table again, row by
-- row. What changed since a revision is in the audit trail, by its own index.
drop index item_by_revision;
-- A contact's items are found cycle by cycle (item_company_id_cycle_id_contact_id_key), its classes definition by definition,
-- its measures by measure: the primary keys do that. Nothing reads these.
drop index item_by_contact;
drop index general_classification_by_contact;
drop index contact_measure_by_contact;

-- Room for a second version of each row beside the first: a command on all items then touches no index.
alter table item set (fillfactor = 45);
alter table general_classification set (fillfactor = 50);
