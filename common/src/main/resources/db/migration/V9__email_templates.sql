-- Mails with holes in them. A version is never changed, so that a task that names one is always the
-- same mail; a new one takes the next number, also after all have been removed.
create table email_template (
  tenant     text        not null,
  name       text        collate "C" not null,
  version    integer     not null check (version > 0),
  subject    text        not null,
  text       text,
  html       text,
  created_at timestamptz not null,
  -- Not to be found any more, and kept for its number.
  removed_at timestamptz,
  primary key (tenant, name, version),
  check (text is not null or html is not null)
);

-- Who may have taken the mail of a task without saying so.
create table email_undecided (
  task_id  uuid        primary key,
  provider text        not null,
  noted_at timestamptz not null
);

create index email_undecided_oldest on email_undecided (noted_at);

-- What has been reserved of the quota of a provider, by its newest period.
create table email_quota (
  provider text        primary key,
  period   timestamptz not null,
  reserved integer     not null
);
