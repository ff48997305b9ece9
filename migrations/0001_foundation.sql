-- Companies, people, and the master data every job of Cutline stands on.
--
-- `company_id` leads every primary key, unique constraint and foreign key of a company's rows, so that the schema can
-- be distributed by company. Accounts, their sessions and their sign-in attempts belong to no company (a user has a role
-- per company): on Citus they are reference tables.
-- Amounts, scores and percentages are whole hundredths, so that arithmetic is exact in SQL, Rust and the browser.

create extension if not exists pg_trgm;

create table company (
    company_id uuid primary key,
    name text not null check (length(trim(name)) > 0),
    created_at timestamptz not null default now()
);

create table account (
    account_id uuid primary key,
    email text not null check (email = lower(email)),
    name text not null,
    password_hash text not null,
    created_at timestamptz not null default now(),
    unique (email)
);

create table account_session (
    session_id text primary key,
    account_id uuid references account on delete cascade,
    data jsonb not null,
    expires_at timestamptz not null
);
create index account_session_by_account on account_session (account_id);
create index account_session_by_expiry on account_session (expires_at);

-- Failed sign-ins; a throttle counts the recent ones.
create table sign_in_attempt (
    attempt_id bigint generated always as identity primary key,
    email text not null,
    address text not null,
    at timestamptz not null default now()
);
create index sign_in_attempt_by_email on sign_in_attempt (email, at);
create index sign_in_attempt_by_address on sign_in_attempt (address, at);

create table membership (
    company_id uuid not null references company,
    account_id uuid not null references account,
    role text not null check (role in ('admin', 'regional_manager', 'rep', 'analyst')),
    primary key (company_id, account_id)
);
create index membership_by_account on membership (account_id);

create table region (
    company_id uuid not null references company,
    region_id uuid not null,
    parent_id uuid,
    code text not null check (length(trim(code)) > 0),
    name text not null check (length(trim(name)) > 0),
    primary key (company_id, region_id),
    unique (company_id, code),
    foreign key (company_id, parent_id) references region,
    check (parent_id <> region_id)
);
create index region_by_parent on region (company_id, parent_id);

create table region_assignment (
    company_id uuid not null,
    account_id uuid not null,
    region_id uuid not null,
    primary key (company_id, account_id, region_id),
    foreign key (company_id, account_id) references membership on delete cascade,
    foreign key (company_id, region_id) references region
);

create table specialty (
    company_id uuid not null references company,
    specialty_id uuid not null,
    name text not null check (length(trim(name)) > 0),
    primary key (company_id, specialty_id),
    unique (company_id, name)
);

create table product (
    company_id uuid not null references company,
    product_id uuid not null,
    name text not null check (length(trim(name)) > 0),
    primary key (company_id, product_id),
    unique (company_id, name)
);

create table measure (
    company_id uuid not null references company,
    measure_id uuid not null,
    name text not null check (length(trim(name)) > 0),
    primary key (company_id, measure_id),
    unique (company_id, name)
);

create table contact (
    company_id uuid not null references company,
    contact_id uuid not null,
    kind text not null check (kind in ('person', 'institution', 'group')),
    external_id text not null check (length(trim(external_id)) > 0),
    name text not null,
    region_id uuid not null,
    specialty_id uuid,
    owner_id uuid,
    tags text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, contact_id),
    unique (company_id, external_id),
    foreign key (company_id, region_id) references region,
    foreign key (company_id, specialty_id) references specialty,
    foreign key (company_id, owner_id) references membership
);
create index contact_by_region on contact (company_id, region_id);
create index contact_by_population on contact (company_id, kind, specialty_id);
create index contact_by_owner on contact (company_id, owner_id);
create index contact_search on contact using gin ((name || ' ' || external_id) gin_trgm_ops);

-- value: hundredths of the measure's unit.
create table contact_measure (
    company_id uuid not null,
    measure_id uuid not null,
    contact_id uuid not null,
    value bigint not null,
    updated_at timestamptz not null default now(),
    primary key (company_id, measure_id, contact_id),
    foreign key (company_id, measure_id) references measure,
    foreign key (company_id, contact_id) references contact
);
create index contact_measure_by_contact on contact_measure (company_id, contact_id);

-- Who did what, when, from what to what, and why. `revision` orders the records of one cycle.
create table audit_record (
    company_id uuid not null references company,
    audit_id uuid not null,
    at timestamptz not null default now(),
    account_id uuid references account,
    command text not null,
    cycle_id uuid,
    revision bigint,
    reason text,
    before jsonb,
    after jsonb,
    primary key (company_id, audit_id)
);
create index audit_record_by_cycle on audit_record (company_id, cycle_id, revision);

-- Answers already given, by the key the client made up, so that a command repeated after a lost reply is not done twice.
create table command_receipt (
    company_id uuid not null references company,
    idempotency_key uuid not null,
    account_id uuid not null references account,
    command text not null,
    response jsonb not null,
    at timestamptz not null default now(),
    primary key (company_id, idempotency_key)
);
