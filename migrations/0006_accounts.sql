-- Accounts are their persons' own.

-- A password that somebody else gave is good for one thing: setting one's own.
alter table account add column password_is_given boolean not null default false;

-- A session as its owner sees it: by a handle that is worth nothing as a cookie, since when, and when it was last used (to a
-- few minutes).
alter table account_session
    add column handle uuid not null default gen_random_uuid(),
    add column began_at timestamptz not null default now(),
    add column seen_at timestamptz not null default now();
