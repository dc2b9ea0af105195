/*
 * The ledger's two writes, each one script on one hash, so that each is atomic and stays in one cluster slot.
 * The form of the hash stands in ledger-entry.ts.
 */

/**
 * KEYS: entry. ARGV: sid, kind, source code, sender, orderAt, occurredAt, receivedAt, history cap, dedupe window (ms), note
 * ('' for none). Returns {result, version, applied version}; result is `recorded`, `duplicate`, `stale` or `ignored`.
 */
export const RECORD = `
local entry = KEYS[1]
local sid, kind, source, sender = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local orderAt, occurredAt, receivedAt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local cap, window, note = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]

local head = redis.call('HMGET', entry, 'v', 'a', 't', 'm:' .. sid, 's:' .. sender)
local version, applied, timestamp = tonumber(head[1] or 0), tonumber(head[2] or 0), tonumber(head[3] or 0)
if head[4] then return {'duplicate', version, applied} end

local number, decidingSid
if head[5] then
  number, decidingSid = head[5]:match('^(%d+) ?(.*)$')
else
  number, decidingSid = redis.call('HINCRBY', entry, 'n', 1), ''
end

-- The rule of domain/consent.ts.
local function supersedes(decidingRow)
  local theirKind, theirSource, theirTime, theirDelay = decidingRow:match('^(%a+) (%a) (%d+) (%-?%d+)')
  local ourTime = orderAt
  theirTime, theirDelay = tonumber(theirTime), tonumber(theirDelay)
  local blocked, theirsBlocked = orderAt < occurredAt, theirDelay > 0
  if (blocked and theirSource == 'm') or (theirsBlocked and source == 'm') then
    ourTime, theirTime = occurredAt, theirTime + theirDelay
  end
  if ourTime ~= theirTime then return ourTime > theirTime end
  if kind ~= theirKind then return kind == 'stop' end
  return sid > decidingSid
end

local function write(outcome)
  redis.call('HSET', entry, 'm:' .. sid, string.format('%s %s %.0f %.0f %.0f %.0f %s %s',
    kind, source, orderAt, occurredAt - orderAt, receivedAt - orderAt, version, outcome, number))
  if note ~= '' then redis.call('HSET', entry, 'w:' .. sid, note) end
end

-- Forgets the oldest events beyond the cap, but none that decides, none that is pending and none young enough to be
-- delivered again; beyond ten times the cap the young ones too, so that nobody can fill the memory from one phone.
local function prune()
  if redis.call('HLEN', entry) <= cap then return end
  local fields, deciding, events = redis.call('HGETALL', entry), {}, {}
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 's:' then deciding['m:' .. (fields[i + 1]:match(' (.+)$') or '')] = true end
  end
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 'm:' then
      local at, delay, outcome = fields[i + 1]:match('^%a+ %a (%d+) %-?%d+ (%-?%d+) %d+ (%a)')
      events[#events + 1] = {field = fields[i], received = tonumber(at) + tonumber(delay),
        keep = deciding[fields[i]] or outcome == 'p' or outcome == 'd'}
    end
  end
  table.sort(events, function(a, b) return a.received < b.received end)
  local excess = #events - cap
  for _, event in ipairs(events) do
    if excess <= 0 then break end
    local old = event.received < receivedAt - window
    if not event.keep and (old or #events > 10 * cap) then
      redis.call('HDEL', entry, event.field, 'w:' .. event.field:sub(3))
      excess = excess - 1
    end
  end
end

if kind == 'help' or kind == 'review' then
  redis.call('HSET', entry, 's:' .. sender, number .. (decidingSid ~= '' and ' ' .. decidingSid or ''))
  write('i')
  prune()
  return {'ignored', version, applied}
end

if decidingSid ~= '' and not supersedes(redis.call('HGET', entry, 'm:' .. decidingSid)) then
  write('s')
  prune()
  return {'stale', version, applied}
end

version = version + 1
timestamp = math.max(math.floor(occurredAt / 1000), timestamp + 1)
redis.call('HSET', entry, 'v', version, 't', timestamp, 's:' .. sender, number .. ' ' .. sid)
write('p')
prune()
return {'recorded', version, applied}
`;

/**
 * KEYS: entry. ARGV: version, outcome code, `1` when Customer.io now holds this version, cio_ids.
 * Ends every event up to that version that was pending or dead-lettered. A version older than the applied one was written
 * late, over the newer: the applied version goes back, so that the newer is written again.
 * Returns {`1` while a newer version waits to be applied, sid, row, sid, row, ...} with the rows as they were ended.
 */
export const SETTLE = `
local entry = KEYS[1]
local upTo, outcome, holds, people = tonumber(ARGV[1]), ARGV[2], ARGV[3] == '1', ARGV[4]
if holds then redis.call('HSET', entry, 'a', upTo, 'p', people) end
local head = redis.call('HMGET', entry, 'v', 'a')
local settled = {tonumber(head[1] or 0) > tonumber(head[2] or 0) and '1' or '0'}
local fields = redis.call('HGETALL', entry)
for i = 1, #fields, 2 do
  if fields[i]:sub(1, 2) == 'm:' then
    local before, version, was, after = fields[i + 1]:match('^(.+) (%d+) (%a) (%d+)$')
    local open = was == 'p' or (was == 'd' and outcome ~= 'd')
    if open and tonumber(version) <= upTo then
      local row = before .. ' ' .. version .. ' ' .. outcome .. ' ' .. after
      redis.call('HSET', entry, fields[i], row)
      settled[#settled + 1] = fields[i]:sub(3)
      settled[#settled + 1] = row
    end
  end
end
return settled
`;
