-- Renews what one worker holds of one cap, and says what it should hold.
--
-- KEYS: the leases of the cap (hash: worker -> "permits want expires turn request"), the memory.
-- ARGV: worker, limit, lease (ms), slice (ms), used, trusted, want, request, server.
--   used     the worker promises to use no more than this until it hears otherwise
--   trusted  what it may hold while this server cannot know what others hold
--   want     what it could use
--   request  rises with each request of the worker
--   server   the process that is asked, which differs after a restart or a failover
-- Answers permits, target, workers, the worker's rank among them, and whether memory is young; or
-- nothing to a request that a later one has overtaken.
--
-- Permits recorded never add up to more than the limit, except that nobody can be recorded with less
-- than it uses. The target is the fair part: a worker that holds more gives the rest back.

local me, limit, lease, slice = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local used, trusted, want = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local request, server = tonumber(ARGV[8]), ARGV[9]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- What a server does not remember may still be held. For the time of a lease after it began to
-- remember, nobody gets more than they say they have; by then all have said so, or have lost it.
local known, since = string.match(redis.call('GET', KEYS[2]) or '', '^(.*) (%d+)$')
if known ~= server then
  since = now
  redis.call('SET', KEYS[2], string.format('%s %.0f', server, now))
end
local young = now < tonumber(since) + lease

-- A turn begins with the first permit, and to wait for the next one begins with the last one's end.
local mine = {id = me, permits = used, want = want, turn = now}
local workers, others = {mine}, 0
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  local permits, wants, expires, turn, last =
    string.match(flat[i + 1], '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  if tonumber(expires) <= now then
    redis.call('HDEL', KEYS[1], flat[i])
  elseif flat[i] == me then
    if request <= tonumber(last) then
      return {}
    end
    if (used > 0) == (tonumber(permits) > 0) then
      mine.turn = tonumber(turn)
    end
  else
    table.insert(workers, {id = flat[i], permits = tonumber(permits), want = tonumber(wants),
      turn = tonumber(turn)})
    others = others + tonumber(permits)
  end
end

local wanting = {}
for _, each in ipairs(workers) do
  if each.want > 0 then
    table.insert(wanting, each)
  end
end

-- Who is served when there are more workers than permits: those whose turn has just begun, then
-- those who have waited longest, then those whose turn is over.
local function class(each)
  if each.permits == 0 then
    return 1
  end
  return now - each.turn < slice and 0 or 2
end

local function sooner(a, b)
  local first, second = class(a), class(b)
  if first ~= second then
    return first < second
  end
  if a.turn ~= b.turn then
    return (a.turn < b.turn) == (first == 1)
  end
  return a.id < b.id
end

local function modest(a, b)
  if a.want ~= b.want then
    return a.want < b.want
  end
  return a.id < b.id
end

local target = 0
if #wanting > limit then
  table.sort(wanting, sooner)
  for i = 1, limit do
    if wanting[i] == mine then
      target = 1
    end
  end
else
  -- Those who want less than an equal part get what they want; the others share what that leaves.
  table.sort(wanting, modest)
  local left = limit
  for i, each in ipairs(wanting) do
    local part = math.min(each.want, math.floor(left / (#wanting - i + 1)))
    left = left - part
    if each == mine then
      target = part
    end
  end
end

local permits
if young then
  permits = math.max(used, trusted)
  target = permits
else
  permits = used + math.max(0, math.min(target - used, limit - others - used))
end
if (permits > 0) ~= (used > 0) then
  mine.turn = now
end

redis.call('HSET', KEYS[1], me, string.format('%.0f %.0f %.0f %.0f %.0f',
  permits, want, now + lease, mine.turn, request))
redis.call('PEXPIRE', KEYS[1], lease * 2)

local rank = 0
for _, each in ipairs(workers) do
  if each.id < me then
    rank = rank + 1
  end
end
return {permits, target, #workers, rank, young and 1 or 0}
