-- Still in the order in which a relay takes them, and now each priority of a type by itself: what is
-- urgent must not be looked for among all that has been due for longer.
drop index task_due;
create index task_due on task (type, priority, due_at, created_at) where due_at is not null;
