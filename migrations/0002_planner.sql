-- The planner: MT definitions, cycles, items, the general classification.

create table mt_definition (
    company_id uuid not null references company,
    definition_id uuid not null,
    product_id uuid not null,
    kind text not null check (kind in ('person', 'institution', 'group')),
    -- What the specialties are called together ("Primary care").
    specialties_label text not null check (length(trim(specialties_label)) > 0),
    measure_id uuid not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (company_id, definition_id),
    -- The target of mt_definition_specialty's foreign key, which carries product and kind along to make them unique.
    unique (company_id, definition_id, product_id, kind),
    foreign key (company_id, product_id) references product,
    foreign key (company_id, measure_id) references measure
);

-- A definition is unique per product, specialty and kind.
create table mt_definition_specialty (
    company_id uuid not null,
    definition_id uuid not null,
    specialty_id uuid not null,
    product_id uuid not null,
    kind text not null,
    primary key (company_id, definition_id, specialty_id),
    constraint mt_definition_one_per_product_specialty_kind unique (company_id, product_id, specialty_id, kind),
    foreign key (company_id, definition_id, product_id, kind)
        references mt_definition (company_id, definition_id, product_id, kind) on delete cascade,
    foreign key (company_id, specialty_id) references specialty
);

-- position 0 is the lowest class. planned: hundredths of a percent.
create table mt_class (
    company_id uuid not null,
    definition_id uuid not null,
    position smallint not null check (position between 0 and 8),
    label text not null check (length(trim(label)) > 0),
    colour text check (colour ~ '^#[0-9a-f]{6}$'),
    planned integer not null check (planned between 0 and 10000),
    calls_per_year integer check (calls_per_year >= 0),
    primary key (company_id, definition_id, position),
    constraint mt_class_label_once unique (company_id, definition_id, label),
    foreign key (company_id, definition_id) references mt_definition on delete cascade
);

-- revision grows by one with every command that changes the cycle or its items; an item carries the revision that last
-- changed it, so "what you were shown" is one number.
create table cycle (
    company_id uuid not null,
    cycle_id uuid not null,
    definition_id uuid not null,
    name text not null check (length(trim(name)) > 0),
    state text not null check (state in ('collecting', 'drafting', 'approving', 'transferred')),
    revision bigint not null default 0,
    next_seq integer not null default 0,
    draft_version integer,
    frozen_version integer,
    opened_at timestamptz not null default now(),
    transferred_at timestamptz,
    primary key (company_id, cycle_id),
    foreign key (company_id, definition_id) references mt_definition,
    check (state <> 'approving' or frozen_version is not null)
);
create unique index cycle_one_open_per_definition on cycle (company_id, definition_id) where state <> 'transferred';
create index cycle_by_definition on cycle (company_id, definition_id, opened_at);

-- The classes as they were when the cycle was opened.
create table cycle_class (
    company_id uuid not null,
    cycle_id uuid not null,
    position smallint not null,
    label text not null,
    colour text,
    planned integer not null,
    calls_per_year integer,
    primary key (company_id, cycle_id, position),
    foreign key (company_id, cycle_id) references cycle
);

-- Every set of borders ever saved for the cycle, with the planned shares it was saved with (hundredths of a percent).
create table border_version (
    company_id uuid not null,
    cycle_id uuid not null,
    version integer not null,
    borders bigint[] not null,
    planned integer[] not null,
    saved_by uuid not null references account,
    saved_at timestamptz not null default now(),
    primary key (company_id, cycle_id, version),
    foreign key (company_id, cycle_id) references cycle
);

-- score: the one the item is (or was) decided by; latest_score: the newest known. They differ on decided items only.
-- suggested_*: the override of an earlier round, offered again.
create table item (
    company_id uuid not null,
    cycle_id uuid not null,
    seq integer not null,
    contact_id uuid not null,
    score bigint,
    latest_score bigint,
    current_class smallint,
    proposed_class smallint,
    override_class smallint,
    override_reason text,
    suggested_class smallint,
    suggested_reason text,
    status text not null default 'in_progress' check (status in ('in_progress', 'accepted', 'rejected')),
    decision_reason text,
    decided_by uuid references account,
    decided_at timestamptz,
    revision bigint not null,
    primary key (company_id, cycle_id, seq),
    unique (company_id, cycle_id, contact_id),
    foreign key (company_id, cycle_id) references cycle,
    foreign key (company_id, contact_id) references contact,
    check ((override_class is null) = (override_reason is null)),
    check (status <> 'accepted' or coalesce(override_class, proposed_class) is not null),
    check (status <> 'rejected' or decision_reason is not null)
);
create index item_by_revision on item (company_id, cycle_id, revision);
create index item_by_contact on item (company_id, contact_id);

-- What a command did to each item it touched one by one. Commands that treat every item alike (enable, reset) are
-- described whole by their audit_record.
create table audit_item (
    company_id uuid not null,
    audit_id uuid not null,
    seq integer not null,
    cycle_id uuid not null,
    contact_id uuid not null,
    score bigint,
    latest_score bigint,
    current_class smallint,
    proposed_class smallint,
    override_before smallint,
    override_class smallint,
    override_reason text,
    suggested_class smallint,
    suggested_reason text,
    status_before text,
    status text not null,
    decision_reason text,
    primary key (company_id, audit_id, seq),
    foreign key (company_id, audit_id) references audit_record
);
create index audit_item_by_contact on audit_item (company_id, contact_id);

-- The official class of a contact for a definition. Only Transfer writes these two tables.
create table general_classification (
    company_id uuid not null,
    definition_id uuid not null,
    contact_id uuid not null,
    class_label text not null,
    cycle_id uuid not null,
    since timestamptz not null,
    primary key (company_id, definition_id, contact_id),
    foreign key (company_id, definition_id) references mt_definition,
    foreign key (company_id, contact_id) references contact,
    foreign key (company_id, cycle_id) references cycle
);
create index general_classification_by_contact on general_classification (company_id, contact_id);

create table general_classification_history (
    company_id uuid not null,
    definition_id uuid not null,
    contact_id uuid not null,
    cycle_id uuid not null,
    class_before text,
    class_label text not null,
    at timestamptz not null,
    primary key (company_id, definition_id, contact_id, cycle_id),
    foreign key (company_id, definition_id) references mt_definition,
    foreign key (company_id, contact_id) references contact,
    foreign key (company_id, cycle_id) references cycle
);

-- What one Transfer carried over, kept as it was.
create table transfer_manifest (
    company_id uuid not null,
    cycle_id uuid not null,
    transferred_at timestamptz not null,
    transferred_by uuid not null references account,
    manifest jsonb not null,
    primary key (company_id, cycle_id),
    foreign key (company_id, cycle_id) references cycle
);
