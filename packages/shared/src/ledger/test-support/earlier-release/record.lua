-- As an earlier release had it, word for word: it runs beside this one during an upgrade.

local entry = KEYS[1]
local sid, kind, source, sender = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local orderAt, occurredAt, receivedAt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local cap, window, note, timed = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11] == '1'

local head = redis.call('HMGET', entry, 'v', 'a', 't', 'm:' .. sid, 's:' .. sender)
local version, applied, timestamp = tonumber(head[1] or 0), tonumber(head[2] or 0), tonumber(head[3] or 0)

-- What a row says: its sid, kind, source code, orderAt, occurredAt, receivedAt, version, outcome code, sender number.
local function read(rowSid, row)
  local rowKind, rowSource, order, occurred, received, rowVersion, outcome, number =
    row:match('^(%a+) (%a) (%d+) (%-?%d+) (%-?%d+) (%d+) (%a) (%d+)$')
  order = tonumber(order)
  return {sid = rowSid, kind = rowKind, source = rowSource, orderAt = order, occurredAt = order + tonumber(occurred),
    receivedAt = order + tonumber(received), version = tonumber(rowVersion), outcome = outcome, number = number}
end

-- The rule of domain/consent.ts.
local function supersedes(next, present)
  local a, b = next.orderAt, present.orderAt
  local nextBlocked, presentBlocked = a < next.occurredAt, b < present.occurredAt
  if next.kind ~= present.kind and
    ((nextBlocked and present.source == 'm') or (next.source == 'm' and presentBlocked)) then
    a, b = next.occurredAt, present.occurredAt
  end
  if a ~= b then return a > b end
  if next.kind ~= present.kind then return next.kind == 'stop' end
  return next.sid > present.sid
end

local function write(row)
  redis.call('HSET', entry, 'm:' .. row.sid, string.format('%s %s %.0f %.0f %.0f %.0f %s %s', row.kind, row.source,
    row.orderAt, row.occurredAt - row.orderAt, row.receivedAt - row.orderAt, row.version, row.outcome, row.number))
end

local function speaks(row) return row.kind == 'stop' or row.kind == 'start' end

-- Makes a row its sender's last word.
local function decide(row, ofSender)
  version = version + 1
  timestamp = math.max(math.floor(row.occurredAt / 1000), timestamp + 1)
  row.version, row.outcome = version, 'p'
  redis.call('HSET', entry, 'v', version, 't', timestamp, 's:' .. ofSender, row.number .. ' ' .. row.sid)
  write(row)
end

-- Forgets the oldest events beyond the cap, but none that decides, none that is pending and none young enough to be
-- delivered again; beyond ten times the cap the young ones too, so that nobody can fill the memory from one phone.
local function prune()
  if redis.call('HLEN', entry) <= cap then return end
  local fields, deciding, rows = redis.call('HGETALL', entry), {}, {}
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 's:' then deciding[fields[i + 1]:match(' (.+)$') or ''] = true end
  end
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 'm:' then rows[#rows + 1] = read(fields[i]:sub(3), fields[i + 1]) end
  end
  table.sort(rows, function(a, b) return a.receivedAt < b.receivedAt end)
  local excess = #rows - cap
  for _, row in ipairs(rows) do
    if excess <= 0 then break end
    local keep = deciding[row.sid] or row.outcome == 'p' or row.outcome == 'd'
    if not keep and (row.receivedAt < receivedAt - window or #rows > 10 * cap) then
      redis.call('HDEL', entry, 'm:' .. row.sid, 'w:' .. row.sid)
      excess = excess - 1
    end
  end
end

-- A message that is known by the time of its arrival, now told with Twilio's own, earlier time. Should it no longer be the
-- last word then, whatever of its sender's is becomes that.
local function correct(known)
  if not timed or known.source == 'm' or orderAt >= known.orderAt or not speaks(known) then return end
  known.orderAt, known.occurredAt, known.source = orderAt, occurredAt, source
  local fields, best, ofSender = redis.call('HGETALL', entry), known, nil
  for i = 1, #fields, 2 do
    local mark, name = fields[i]:sub(1, 2), fields[i]:sub(3)
    if mark == 's:' and fields[i + 1] == known.number .. ' ' .. known.sid then ofSender = name end
    if mark == 'm:' and name ~= known.sid then
      local row = read(name, fields[i + 1])
      if row.number == known.number and speaks(row) and supersedes(row, best) then best = row end
    end
  end
  if ofSender and best ~= known then
    if known.outcome == 'p' then known.outcome = 's' end
    decide(best, ofSender)
  end
  write(known)
end

local RANK = {stop = 3, start = 2, help = 1, review = 1}
local known = head[4] and read(sid, head[4])
if known and RANK[kind] <= RANK[known.kind] then
  if kind == known.kind then correct(known) end
  return {'duplicate', version, applied}
end

local number, decidingSid
if head[5] then
  number, decidingSid = head[5]:match('^(%d+) ?(.*)$')
else
  number, decidingSid = redis.call('HINCRBY', entry, 'n', 1), ''
end
local row = {sid = sid, kind = kind, source = source, orderAt = orderAt, occurredAt = occurredAt,
  receivedAt = receivedAt, version = version, outcome = 'i', number = number}
if note ~= '' then redis.call('HSET', entry, 'w:' .. sid, note) end

local result
if not speaks(row) then
  result = 'ignored'
  redis.call('HSET', entry, 's:' .. sender, number .. (decidingSid ~= '' and ' ' .. decidingSid or ''))
  write(row)
elseif decidingSid ~= '' and decidingSid ~= sid and
  not supersedes(row, read(decidingSid, redis.call('HGET', entry, 'm:' .. decidingSid))) then
  result, row.outcome = 'stale', 's'
  write(row)
else
  result = 'recorded'
  decide(row, sender)
end
prune()
return {result, version, applied}
