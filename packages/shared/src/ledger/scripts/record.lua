-- Records one event in the ledger entry of its phone: one message changes the entry once, and the message sent last decides
-- per sender. The fields of the hash: ledger-entry.ts. The rule of order: order.lua.
--
-- KEYS  1   the entry, a hash
-- ARGV  1   MessageSid
--       2   kind: `stop`, `start`, `help` or `review`
--       3   source, as its code of one letter
--       4   sender
--       5   the time to order by, in ms since 1970, before the rule for times to the second
--       6   occurredAt, in ms since 1970
--       7   receivedAt, in ms since 1970
--       8   history cap: how many events to store
--       9   deduplication window, in ms
--       10  note (JSON), '' for none
--       11  `1` for a YES, which counts only for somebody who is stopped
--       12  senders whose opt-out this START lifts too, one in each line
-- Returns {result, version, applied version, confirms, MessageSid, row, ...}. The result is `recorded`, `applied`, `duplicate`,
-- `stale` or `ignored`. confirms is 1 for an opt-out from a sender that is stopped already while Customer.io holds the present
-- version, else 0. The rows are those of earlier messages that ended as stale by this one.

-- include: entry.lua
-- include: order.lua

local key = KEYS[1]
local sid, kind, source, sender = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local orderAt, occurredAt, receivedAt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local cap, window, note, weak, lifted = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11] == '1', ARGV[12]

-- A time further ahead of Redis' clock than this, in ms, is that of a wrong clock. Such a message counts as sent now.
local TRUSTED_AHEAD = 60000
local RANK = {stop = 3, start = 2, help = 1, review = 1}

local entry = readEntry(key)
local version, applied = tonumber(entry.fields.v or 0), tonumber(entry.fields.a or 0)
local timestamp = tonumber(entry.fields.t or 0)
local superseded, hasNewVersion = {}, false

local function write(row)
  redis.call('HSET', key, 'm:' .. row.sid, formatRow(row))
  local names = {}
  for name in pairs(row.lifts) do names[#names + 1] = name end
  table.sort(names)
  if #names > 0 then redis.call('HSET', key, 'l:' .. row.sid, table.concat(names, '\n')) end
end

local function decidingRow(name)
  local known = entry.senders[name]
  return known and known.sid and entry.rows[known.sid]
end

local function senderNumber(name)
  if not entry.senders[name] then
    entry.senders[name] = {number = string.format('%.0f', redis.call('HINCRBY', key, 'n', 1))}
    redis.call('HSET', key, 's:' .. name, entry.senders[name].number)
  end
  return entry.senders[name].number
end

local function pointTo(row, name)
  entry.senders[name].sid = row.sid
  redis.call('HSET', key, 's:' .. name, entry.senders[name].number .. ' ' .. row.sid)
end

-- The state over all senders, by each policy: whether any is stopped, and the kind of the latest word.
local function statesNow()
  local isAnyStopped, last = false, nil
  for name in pairs(entry.senders) do
    local row = decidingRow(name)
    if row then
      isAnyStopped = isAnyStopped or row.kind == 'stop'
      if not last or isLater(row, last) then last = row end
    end
  end
  return last and (isAnyStopped and 'stop ' or 'start ') .. last.kind or ''
end

-- Begins a new version of the entry, because of an event of this time. One recorded event makes one version at most.
local function newVersion(occurred)
  if hasNewVersion then return end
  hasNewVersion, version = true, version + 1
  timestamp = math.max(math.floor(occurred / 1000), timestamp + 1)
  redis.call('HSET', key, 'v', version, 't', timestamp)
end

-- Makes a row the deciding event of a sender, in a new version.
local function decide(row, name)
  newVersion(row.occurredAt)
  row.version, row.outcome = version, 'p'
  pointTo(row, name)
  write(row)
end

-- Whether `next` may replace `present` as the deciding event of a sender without a new version: both are opt-outs, and Customer.io
-- holds that state, or a sync will write it. An opt-out that reached nobody, or waits for an operator, is to be tried again. While
-- another sender is started, a newer opt-out can change the state under the policy `last`.
local function confirms(next, present, name)
  if not present or next.kind ~= 'stop' or present.kind ~= 'stop' then return false end
  if not (present.outcome == 'a' or (present.outcome == 'p' and version > applied)) then return false end
  for other in pairs(entry.senders) do
    local row = other ~= name and decidingRow(other)
    if row and row.kind ~= 'stop' then return false end
  end
  return true
end

-- Makes a row the deciding event of a sender, in the present version. It ends with that version.
local function confirm(row, name)
  row.version, row.outcome = version, version > applied and 'p' or 'a'
  pointTo(row, name)
  write(row)
end

-- Ends the pending rows of a sender that the new version replaces: all that decide for no sender.
local function supersede(name)
  local deciding = {}
  for _, known in pairs(entry.senders) do deciding[known.sid or ''] = true end
  for _, row in pairs(entry.rows) do
    if row.number == entry.senders[name].number and row.outcome == 'p' and not deciding[row.sid] then
      row.outcome = 's'
      write(row)
      superseded[#superseded + 1] = row.sid
      superseded[#superseded + 1] = formatRow(row)
    end
  end
end

-- Stores the first opt-out of a sender's present opt-out, where it is not the deciding one.
local function writeSince(name, last, since)
  local field = 'o:' .. entry.senders[name].number
  if since and since.sid ~= last.sid then
    redis.call('HSET', key, field, string.format('%.0f %s', since.occurredAt, since.sid))
  elseif entry.fields[field] then
    redis.call('HDEL', key, field)
  end
end

-- Lets the set of a sender's rows decide. `fresh` is the row of a message that had no such kind before.
local function redecide(name, fresh)
  local before = decidingRow(name)
  local last, since = lastWord(rowsOfSender(entry, name))
  if not last then
    if before then
      entry.senders[name].sid = nil
      redis.call('HSET', key, 's:' .. name, entry.senders[name].number)
    end
    return
  end
  if last ~= before or last == fresh then
    if last == fresh and confirms(last, before ~= last and before or nil, name) then
      confirm(last, name)
    elseif last ~= fresh and last.outcome == 'a' and version <= applied and confirms(last, before, name) then
      pointTo(last, name)
    else
      decide(last, name)
      supersede(name)
    end
  end
  writeSince(name, last, since)
end

-- Lets all senders decide that a row concerns, its own sender last. `before` is what `statesNow` returned before the row changed: a
-- change of a time alone makes a version where it changes the state.
local function redecideAll(row, fresh, before)
  local own
  for name, known in pairs(entry.senders) do
    if known.number == row.number then own = name elseif row.lifts[name] then redecide(name, fresh) end
  end
  redecide(own, fresh)
  if statesNow() ~= before then newVersion(row.occurredAt) end
end

-- Removes the oldest events beyond the cap, except deciding events, pending or dead-lettered ones, and those within the
-- deduplication window, which Twilio may deliver again. Beyond ten times the cap it removes those as well, so that one phone
-- cannot fill the memory.
local function prune()
  local deciding, rows = {}, {}
  for _, known in pairs(entry.senders) do deciding[known.sid or ''] = true end
  for _, row in pairs(entry.rows) do rows[#rows + 1] = row end
  if #rows <= cap then return end
  table.sort(rows, function(a, b) return a.receivedAt < b.receivedAt end)
  local excess = #rows - cap
  for _, row in ipairs(rows) do
    if excess <= 0 then break end
    local protected = deciding[row.sid] or row.outcome == 'p' or row.outcome == 'd'
    if not protected and (row.receivedAt < receivedAt - window or #rows > 10 * cap) then
      redis.call('HDEL', key, 'm:' .. row.sid, 'w:' .. row.sid, 'y:' .. row.sid, 'l:' .. row.sid)
      excess = excess - 1
    end
  end
end

-- How good a source's time is: Twilio's own is better than that of arrival. The log gives the time when a blocked send was made,
-- other sources only that of its report.
local function clockRank(row)
  local blocked = row.kind == 'stop' and isBlockedSend(row)
  if row.source == 'e' then return blocked and 2 or 3 end
  if row.source == 'b' then return blocked and 3 or 2 end
  return 1
end

-- Gives a known message the better time of another delivery. Of two equally good times the earlier one: it arrived sooner.
local function takeBetterTime(known, other)
  local a, b = clockRank(other), clockRank(known)
  if known.source == 'm' or a < b or (a == b and other.orderAt >= known.orderAt) then return false end
  known.orderAt, known.occurredAt, known.source = other.orderAt, other.occurredAt, other.source
  return true
end

-- Gives a known message what another delivery of it knows better. Returns whether anything changed.
local function learn(known, other)
  local learnt = takeBetterTime(known, other)
  for name in pairs(other.lifts) do
    if not known.lifts[name] then
      known.lifts[name], learnt = true, true
      senderNumber(name)
    end
  end
  if learnt then write(known) end
  return learnt
end

-- Orders a message by its time, and bounds the times of a wrong clock.
local function boundedTimes(row)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local blocked = isBlockedSend(row)
  if row.orderAt > now + TRUSTED_AHEAD then row.orderAt = now end
  if row.occurredAt > now + TRUSTED_AHEAD then row.occurredAt = now end
  row.orderAt = orderNumber(row.kind, row.source, row.orderAt)
  if blocked then row.occurredAt = math.max(row.occurredAt, row.orderAt + 1) end
  return row
end

local row = boundedTimes({sid = sid, kind = kind, source = source, orderAt = orderAt, occurredAt = occurredAt,
  receivedAt = receivedAt, version = version, outcome = 'i', weak = weak, lifts = namesOf(lifted)})

-- A delivery with a stronger kind replaces the stored event: Twilio's OptOutType may classify a message as STOP that its
-- body did not show to be one. The better time stays.
local known, before = entry.rows[sid], statesNow()
if known then
  local isStronger = RANK[kind] > RANK[known.kind] or (kind == known.kind and known.weak and not weak)
  if not isStronger then
    row.kind, row.orderAt = known.kind, orderNumber(known.kind, row.source, row.orderAt)
    if learn(known, row) and changesConsent(known) then redecideAll(known, nil, before) end
    return {'duplicate', version, applied, 0, unpack(superseded)}
  end
  known.kind, known.orderAt = kind, orderNumber(kind, known.source, known.orderAt)
  if not takeBetterTime(known, row) then
    row.orderAt, row.occurredAt, row.source = known.orderAt, known.occurredAt, known.source
  end
  for name in pairs(known.lifts) do row.lifts[name] = true end
end

row.number = senderNumber(sender)
if note ~= '' then redis.call('HSET', key, 'w:' .. sid, note) end
if weak then redis.call('HSET', key, 'y:' .. sid, '') elseif known then redis.call('HDEL', key, 'y:' .. sid) end
for name in pairs(row.lifts) do senderNumber(name) end

local deciding = decidingRow(sender)
if deciding and deciding.sid == sid then deciding = nil end
row.lifts[sender] = nil
entry.rows[sid] = row
local result = 'ignored'
if changesConsent(row) then
  redecideAll(row, row, before)
  local decides = false
  for name in pairs(entry.senders) do decides = decides or decidingRow(name) == row end
  if decides then
    result = row.outcome == 'a' and 'applied' or 'recorded'
  else
    result, row.outcome = row.counts and 'stale' or 'ignored', row.counts and 's' or 'i'
  end
end
write(row)
prune()
local stoppedAlready = kind == 'stop' and deciding and deciding.kind == 'stop'
return {result, version, applied, stoppedAlready and version <= applied and 1 or 0, unpack(superseded)}
