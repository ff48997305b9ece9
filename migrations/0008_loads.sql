-- Two more foreign keys that a load paid for row by row (see 0005_size.sql): a contact's company is held by a lock while contacts
-- are written and never deleted, and a contact that moved is never deleted either. tests/it/references.rs checks both set-based.
alter table contact drop constraint contact_company_id_fkey;
alter table contact_move drop constraint contact_move_company_id_contact_id_fkey;
