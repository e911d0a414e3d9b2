alter table task
  -- What the caller finds it by: words with commas between them.
  add column tags text,
  -- Whom to tell when it has ended.
  add column callback_url text;

-- What callers list their tasks by. A page is a range of one of these indexes, newest first, and
-- only the first of them costs a task that has no tags and succeeds at once.
create index task_listed on task (tenant, created_at, id);
create index task_listed_unsucceeded on task (tenant, created_at, id) where state <> 'succeeded';
create index task_listed_tagged on task (tenant, created_at, id) where tags is not null;
