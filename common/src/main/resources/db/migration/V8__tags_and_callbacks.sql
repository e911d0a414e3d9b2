alter table task
  -- What the caller finds it by: words with commas between them.
  add column tags text,
  -- Whom to tell when it has ended.
  add column callback_url text;
