-- Two at once, lost replies, stale forms.

-- What was asked with a key, so that the key used again for something else is refused instead of answered.
alter table command_receipt add column asked bytea not null default '';

-- Forms carry the version they saw.
alter table membership add column version integer not null default 1;
alter table region add column version integer not null default 1;

-- Grows with every new password. A session knows the one it began with and ends with it.
alter table account add column credential integer not null default 1;
