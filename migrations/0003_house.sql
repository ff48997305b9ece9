-- The audit is every feature's: a record is about a subject (for the planner a cycle) at one of its revisions.
alter table audit_record rename column cycle_id to subject_id;
alter index audit_record_by_cycle rename to audit_record_by_subject;

-- A manifest keeps its moment (milliseconds since 1970, UTC); how a time is written is decided where it is shown.
update transfer_manifest
set manifest = jsonb_set(manifest, '{at}', to_jsonb(floor(extract(epoch from transferred_at) * 1000)::bigint));
update command_receipt
set response = jsonb_set(response, '{at}', to_jsonb(floor(extract(epoch from at) * 1000)::bigint))
where command = 'transfer';
