-- Requests a minute; null means the configured default.
alter table api_key add column rate_per_minute integer check (rate_per_minute > 0);

-- Who changed what. Rows are only ever added.
create table audit_log (
  id       uuid primary key,
  tenant   text        not null,
  -- The API key that acted, and the user behind it if there was one.
  actor    text        not null,
  action   text        not null,
  subject  text        not null,
  detail   json        not null,
  at       timestamptz not null default now(),
  trace_id text        not null
);

create index audit_log_tenant_at on audit_log (tenant, at);

create function refuse_to_change_the_audit_log() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only';
end
$$;

create trigger append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_to_change_the_audit_log();
