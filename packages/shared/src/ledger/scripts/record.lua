-- Records one event in the ledger entry of its phone: one message changes the entry once, and the message sent last decides
-- per sender. The fields of the hash: ledger-entry.ts.
--
-- KEYS  1   the entry, a hash
-- ARGV  1   MessageSid
--       2   kind: `stop`, `start`, `help` or `review`
--       3   source, as its code of one letter
--       4   sender
--       5   orderAt, what events are ordered by, in ms since 1970
--       6   occurredAt, in ms since 1970
--       7   receivedAt, in ms since 1970
--       8   history cap: how many events to store
--       9   deduplication window, in ms
--       10  note (JSON), '' for none
--       11  `1` when orderAt is the time that Twilio gives for the message, `0` when it is the time of arrival
-- Returns {result, version, applied version, confirms}. The result is `recorded`, `applied`, `duplicate`, `stale` or `ignored`.
-- confirms is 1 for an opt-out from a sender that is stopped already while Customer.io holds the present version, else 0.

local entry = KEYS[1]
local sid, kind, source, sender = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local orderAt, occurredAt, receivedAt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local cap, window, note, timed = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11] == '1'

local head = redis.call('HMGET', entry, 'v', 'a', 't', 'm:' .. sid, 's:' .. sender, 'n')
local version, applied, timestamp = tonumber(head[1] or 0), tonumber(head[2] or 0), tonumber(head[3] or 0)

-- Parses the value of `m:<rowSid>`.
local function parseRow(rowSid, row)
  local rowKind, rowSource, order, occurred, received, rowVersion, outcome, number =
    row:match('^(%a+) (%a) (%d+) (%-?%d+) (%-?%d+) (%d+) (%a) (%d+)$')
  order = tonumber(order)
  return {sid = rowSid, kind = rowKind, source = rowSource, orderAt = order, occurredAt = order + tonumber(occurred),
    receivedAt = order + tonumber(received), version = tonumber(rowVersion), outcome = outcome, number = number}
end

-- The same rule as supersedes() in domain/consent.ts: whether `next` replaces `present` as the deciding event of a sender.
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

local function changesConsent(row) return row.kind == 'stop' or row.kind == 'start' end

local function pointTo(row, ofSender) redis.call('HSET', entry, 's:' .. ofSender, row.number .. ' ' .. row.sid) end

-- Begins a new version of the entry, because of an event of this time.
local function newVersion(occurred)
  version = version + 1
  timestamp = math.max(math.floor(occurred / 1000), timestamp + 1)
  redis.call('HSET', entry, 'v', version, 't', timestamp)
end

-- Makes a row the deciding event of its sender, in a new version.
local function decide(row, ofSender)
  newVersion(row.occurredAt)
  row.version, row.outcome = version, 'p'
  pointTo(row, ofSender)
  write(row)
end

-- Whether the deciding event of another sender has another kind, and was sent between two times (ms since 1970, inclusive; any time
-- without them). Then the policy `last` depends on which is later.
local function otherDiffers(ofSender, thanKind, from, to)
  if head[6] == '1' then return false end
  local fields = redis.call('HGETALL', entry)
  for i = 1, #fields, 2 do
    local decidingSid = fields[i]:sub(1, 2) == 's:' and fields[i] ~= 's:' .. ofSender and fields[i + 1]:match(' (.+)$')
    local row = decidingSid and redis.call('HGET', entry, 'm:' .. decidingSid)
    local other = row and parseRow(decidingSid, row)
    local isBetween = other and (not from or (other.orderAt >= from and other.orderAt <= to))
    if isBetween and other.kind ~= thanKind then return true end
  end
  return false
end

-- Whether `next` may replace `present` as the deciding event of a sender without a new version: both are opt-outs, and Customer.io
-- holds that state, or a sync will write it. An opt-out that reached nobody, or waits for an operator, is to be tried again. While
-- another sender is started, a newer opt-out can change the state under the policy `last`.
local function confirms(next, present, ofSender)
  local holds = present.outcome == 'a' or (present.outcome == 'p' and version > applied)
  return next.kind == 'stop' and present.kind == 'stop' and holds and not otherDiffers(ofSender, 'stop')
end

-- Makes a row the deciding event of its sender, in the present version. It ends with that version.
local function confirm(row, ofSender)
  row.version, row.outcome = version, version > applied and 'p' or 'a'
  pointTo(row, ofSender)
  write(row)
end

-- Removes the oldest events beyond the cap, except deciding events, pending or dead-lettered ones, and those within the
-- deduplication window, which Twilio may deliver again. Beyond ten times the cap it removes those as well, so that one phone
-- cannot fill the memory.
local function prune()
  if redis.call('HLEN', entry) <= cap then return end
  local fields, deciding, rows = redis.call('HGETALL', entry), {}, {}
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 's:' then deciding[fields[i + 1]:match(' (.+)$') or ''] = true end
  end
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 'm:' then rows[#rows + 1] = parseRow(fields[i]:sub(3), fields[i + 1]) end
  end
  table.sort(rows, function(a, b) return a.receivedAt < b.receivedAt end)
  local excess = #rows - cap
  for _, row in ipairs(rows) do
    if excess <= 0 then break end
    local protected = deciding[row.sid] or row.outcome == 'p' or row.outcome == 'd'
    if not protected and (row.receivedAt < receivedAt - window or #rows > 10 * cap) then
      redis.call('HDEL', entry, 'm:' .. row.sid, 'w:' .. row.sid)
      excess = excess - 1
    end
  end
end

-- Corrects an event that was ordered by its time of arrival, now that Twilio's own, earlier time is known. If it decided for
-- its sender and another event of the sender is newer by that time, the other one decides from now on.
local function correct(known)
  if not timed or known.source == 'm' or orderAt >= known.orderAt or not changesConsent(known) then return end
  local before = known.orderAt
  known.orderAt, known.occurredAt, known.source = orderAt, occurredAt, source
  local fields, best, ofSender = redis.call('HGETALL', entry), known, nil
  for i = 1, #fields, 2 do
    local mark, name = fields[i]:sub(1, 2), fields[i]:sub(3)
    if mark == 's:' and fields[i + 1] == known.number .. ' ' .. known.sid then ofSender = name end
    if mark == 'm:' and name ~= known.sid then
      local row = parseRow(name, fields[i + 1])
      if row.number == known.number and changesConsent(row) and supersedes(row, best) then best = row end
    end
  end
  if ofSender and best ~= known then
    if best.outcome == 'a' and version <= applied and confirms(best, known, ofSender) then
      pointTo(best, ofSender)
    else
      if known.outcome == 'p' then known.outcome = 's' end
      decide(best, ofSender)
    end
  elseif ofSender and otherDiffers(ofSender, known.kind, orderAt, before) then
    newVersion(known.occurredAt)
  end
  write(known)
end

-- A delivery with a stronger kind replaces the stored event: Twilio's OptOutType may classify a message as STOP that its
-- body did not show to be one.
local RANK = {stop = 3, start = 2, help = 1, review = 1}
local known = head[4] and parseRow(sid, head[4])
if known and RANK[kind] <= RANK[known.kind] then
  if kind == known.kind then correct(known) end
  return {'duplicate', version, applied, 0}
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

local deciding
if decidingSid ~= '' and decidingSid ~= sid then
  deciding = parseRow(decidingSid, redis.call('HGET', entry, 'm:' .. decidingSid))
end
local result
if not changesConsent(row) then
  result = 'ignored'
  redis.call('HSET', entry, 's:' .. sender, number .. (decidingSid ~= '' and ' ' .. decidingSid or ''))
  write(row)
elseif deciding and not supersedes(row, deciding) then
  result, row.outcome = 'stale', 's'
  write(row)
elseif deciding and confirms(row, deciding, sender) then
  confirm(row, sender)
  result = row.outcome == 'a' and 'applied' or 'recorded'
else
  result = 'recorded'
  decide(row, sender)
end
prune()
local stoppedAlready = kind == 'stop' and deciding and deciding.kind == 'stop'
return {result, version, applied, stoppedAlready and version <= applied and 1 or 0}
