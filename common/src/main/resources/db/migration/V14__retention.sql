-- How far the fleet has come on its walk through what may have been kept for long enough. Whoever
-- takes the next few steps locks the row.
create table retention (
  what        text        primary key check (what in ('task', 'batch')),
  -- What was looked at last; the next is behind it.
  tenant      text        not null default '',
  after_time  timestamptz not null default '-infinity',
  after_id    uuid        not null default '00000000-0000-0000-0000-000000000000',
  -- Not before this time, so that what is urgent has Postgres almost to itself.
  continue_at timestamptz not null default now()
);

insert into retention (what) values ('task'), ('batch');
