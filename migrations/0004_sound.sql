-- Two at once, lost replies, stale forms.

-- What was asked with a key, so that the key used again for something else is refused instead of answered.
alter table command_receipt add column asked bytea not null default '';

-- Forms carry the version they saw.
alter table membership add column version integer not null default 1;
alter table region add column version integer not null default 1;

-- Grows with every new password. A session knows the one it began with and ends with it.
alter table account add column credential integer not null default 1;

-- Devices on which somebody signed in before: failed attempts from elsewhere don't lock them out. Only a hash is kept.
create table known_device (
    account_id uuid not null references account on delete cascade,
    device bytea not null,
    used_at timestamptz not null default now(),
    primary key (account_id, device)
);

-- Name, e-mail address and password are an account's own, in every company alike.
alter table account add column version integer not null default 0;

-- Where a contact was before it moved, so that whoever saw it there learns that it is gone.
create table contact_move (
    company_id uuid not null,
    contact_id uuid not null,
    at timestamptz not null,
    region_id uuid not null,
    owner_id uuid,
    primary key (company_id, at, contact_id),
    foreign key (company_id, contact_id) references contact
);
