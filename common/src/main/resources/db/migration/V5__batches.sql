alter table batch
  -- The task that starts when the last one of the batch has ended.
  add column on_complete  uuid,
  -- What has not run by now is not to.
  add column cancelled_at timestamptz;

-- In the order in which the results of a batch are read, a page at a time.
create index task_of_batch on task (batch_id, id) where batch_id is not null;
drop index task_batch;

-- What every worker looks at every second.
create index batch_cancelled on batch (cancelled_at)
  where cancelled_at is not null and finished_at is null;
