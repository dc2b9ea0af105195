-- Adds jobs of phones to a queue of BullMQ, in the form in which BullMQ stores jobs, without the events that nobody reads. At most
-- one job of a phone waits in the queue and one runs, so what a request does depends on the job that the phone has:
--
--   none      it is added
--   waits     a request of an earlier lane moves it to that lane; a live request also makes it forget its failed attempts
--   delayed   the same, and its delay ends
--   active    one more job follows it; a request of an earlier lane takes the place of the one that follows already
--
-- A live request does this with a job of any lane, the live one included.
--
-- KEYS  1  wait, a list
--       2  prioritized, a sorted set
--       3  delayed, a sorted set
--       4  active, a list
--       5  meta, a hash
--       6  marker, a sorted set that workers wait for
--       7  pc, the counter of prioritized jobs
-- ARGV  1  what the other keys of the queue begin with, the colon included
--       2  the name of the jobs
--       3  their options (JSON), with a brace and a comma in front of the deduplication
--       4  their priority; 0 is live
--       5  now, in ms since 1970
--       6  fields of their data beside the payload (JSON), with a comma in front; '' for none
--       7  and on, for each: the id of its job, the id of the phone, the payload (JSON)
-- Returns OK.

local wait, prioritized, delayed, active, meta, marker, counter = unpack(KEYS)
local prefix, name, options, priority, now, rest = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local hasWaiting = false

-- `de` makes BullMQ add the next job of a phone when the present one ends.
local function optionsOf(phone)
  return '{"de":{"id":' .. cjson.encode(phone) .. ',"keepLastIfActive":true},' .. options
end

local function push(id)
  if priority == 0 then
    redis.call('LPUSH', wait, id)
  else
    redis.call('ZADD', prioritized, priority * 0x100000000 + redis.call('INCR', counter) % 0x100000000, id)
  end
  hasWaiting = true
end

local function add(id, phone, payload)
  redis.call('HSET', prefix .. id, 'name', name, 'data', '{"payload":' .. payload .. rest .. '}', 'opts', optionsOf(phone),
    'timestamp', now, 'delay', 0, 'priority', priority, 'deid', phone)
  push(id)
end

local function follow(id, phone, payload)
  local key = prefix .. 'dn:' .. phone
  local following = priority > 0 and redis.call('HGET', key, 'opts')
  if following and (cjson.decode(following).priority or 0) <= priority then return end
  redis.call('DEL', key)
  redis.call('HSET', key, 'name', name, 'data', '{"payload":' .. payload .. rest .. '}', 'opts', optionsOf(phone), 'jid', id)
end

-- The job keeps the replay run that requeued it.
local function forgetFailures(key, payload)
  local isJson, data = pcall(cjson.decode, redis.call('HGET', key, 'data') or '')
  if isJson and type(data) == 'table' and not data.failures and not data.transientSince then return end
  local kept = ''
  for _, field in ipairs({'run', 'replayOf'}) do
    local value = isJson and type(data) == 'table' and data[field]
    if type(value) == 'string' then kept = kept .. ',"' .. field .. '":' .. cjson.encode(value) end
  end
  redis.call('HSET', key, 'data', '{"payload":' .. payload .. kept .. '}')
end

local function takeOver(id, payload)
  local key = prefix .. id
  local before = tonumber(redis.call('HGET', key, 'priority') or 0) or 0
  if priority > 0 and before <= priority then return end
  if priority == 0 then forgetFailures(key, payload) end
  if before > priority then
    redis.call('HSET', key, 'priority', priority)
    if redis.call('ZREM', prioritized, id) == 1 then return push(id) end
  end
  if redis.call('ZREM', delayed, id) == 1 then
    redis.call('HSET', key, 'delay', 0)
    push(id)
  end
end

for i = 7, #ARGV, 3 do
  local id, phone, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local claim = prefix .. 'de:' .. phone
  if redis.call('SET', claim, id, 'NX') then
    add(id, phone, payload)
  else
    local present = redis.call('GET', claim)
    if redis.call('EXISTS', prefix .. present) == 0 then
      -- The job was lost with another master: BullMQ does the same.
      redis.call('DEL', prefix .. 'dn:' .. phone)
      redis.call('SET', claim, id)
      add(id, phone, payload)
    elseif present == id then
      -- Sent again, since the connection was lost. As its own follower BullMQ would remove it together with the present run.
    elseif redis.call('LPOS', active, present) then
      follow(id, phone, payload)
    else
      takeOver(present, payload)
    end
  end
end
if hasWaiting and not redis.call('HGET', meta, 'paused') then redis.call('ZADD', marker, 0, '0') end
return redis.status_reply('OK')
