-- Records one event, and returns its reply. Arguments and locals: record.lua.
local function recordEvent(key, history, sid, kind, source, sender, orderAt, occurredAt, receivedAt, note, weak, lifted)

orderAt, occurredAt, receivedAt, weak = tonumber(orderAt), tonumber(occurredAt), tonumber(receivedAt), weak == '1'

local entry = readEntry(key)
local version = tonumber(entry.fields.v or 0)
local timestamp = tonumber(entry.fields.t or 0)
local superseded, hasNewVersion, isWhole = {}, false, entry.fields.x == nil
-- What makes a version: the event (`e`), or what another delivery of it corrects (`c`).
local cause = 'e'

-- What this message changes of the entry's fields. It is written by one command.
local changed = {}
local function set(field, value) changed[field] = value end
local function unset(field) changed[field] = false end
local function writeChanged()
  local written, removed = {}, {}
  for field, value in pairs(changed) do
    if value then
      written[#written + 1] = field
      written[#written + 1] = value
    else
      removed[#removed + 1] = field
    end
  end
  if #written > 0 then redis.call('HSET', key, unpack(written)) end
  if #removed > 0 then redis.call('HDEL', key, unpack(removed)) end
  changed = {}
end

-- An earlier release may have stored a version as written that Redis lost. The present one is then to be written, and a destination gets
-- what follows.
for field, value in pairs(entry.fields) do
  if (field == 'a' or field:sub(1, 2) == 'a:') and tonumber(value) > version then
    entry.fields[field] = string.format('%.0f', field == 'a' and math.max(version - 1, 0) or version)
    set(field, entry.fields[field])
  end
end
local applied = tonumber(entry.fields.a or 0)

-- include: decide.lua

-- How good a source's time is: Twilio's own is better than that of arrival. The log gives the time when a blocked send was made,
-- other sources only that of its report.
local function clockRank(row)
  local blocked = row.kind == 'stop' and isBlockedSend(row)
  if row.source == 'e' then return blocked and 2 or 3 end
  if row.source == 'b' then return blocked and 3 or 2 end
  return 1
end

-- The time that a source showed, before the rule for times to the second.
local function shownTime(row) return isBlockedSend(row) and row.orderAt or row.occurredAt end

-- Whether the times of `a` are better than those of `b`. Of two equally good ones the earlier: it arrived sooner.
local function hasBetterTime(a, b)
  local rankA, rankB = clockRank(a), clockRank(b)
  if rankA ~= rankB then return rankA > rankB end
  local shownA, shownB = shownTime(a), shownTime(b)
  if shownA ~= shownB then return shownA < shownB end
  return a.occurredAt < b.occurredAt
end

-- Gives a known message the better time of another delivery.
local function takeBetterTime(known, other)
  if known.source == 'm' or not hasBetterTime(other, known) then return false end
  known.orderAt, known.occurredAt, known.source = other.orderAt, other.occurredAt, other.source
  return true
end

-- Whether a delivery is the one that made the row. Another one arrived at another time or by another source. The row has the
-- source of a later delivery where that has the better time.
local function isSameDelivery(known, delivery)
  if known.kind ~= delivery.kind or known.receivedAt ~= delivery.receivedAt then return false end
  return known.source == delivery.source or clockRank(known) > clockRank(delivery)
end

-- Whether the history is not read although the message is as old: nothing of it depends on this delivery.
local isLateOnly = false

-- Writes a known message where it is stored.
local function rewrite(known)
  if not (isLateOnly and known.inHistory) then return write(known) end
  redis.call('HSET', history, 'm:' .. known.sid, formatRow(known))
  local newest = tonumber(redis.call('HGET', key, 'x'))
  if changesConsent(known) and known.orderAt > newest then set('x', string.format('%.0f', known.orderAt)) end
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
  if learnt then rewrite(known) end
  return learnt
end

-- Moves the rows that have to be in the entry out of the history.
local function keepInEntry()
  if not isWhole or entry.fields.x == nil then return end
  for rowSid in pairs(rowsToKeep(entry)) do
    if entry.rows[rowSid].inHistory then write(entry.rows[rowSid]) end
  end
end

-- Orders a message by its time, and bounds the times of a wrong clock.
local function boundedTimes(row)
  local blocked = isBlockedSend(row)
  if row.orderAt > now + TRUSTED_AHEAD then row.orderAt = now end
  if row.occurredAt > now + TRUSTED_AHEAD then row.occurredAt = now end
  row.orderAt = orderNumber(row.kind, row.source, row.orderAt)
  if blocked then row.occurredAt = math.max(row.occurredAt, row.orderAt + 1) end
  return row
end

-- include: late.lua

local row = boundedTimes({sid = sid, kind = kind, source = source, orderAt = orderAt, occurredAt = occurredAt,
  receivedAt = receivedAt, version = version, outcome = 'i', weak = weak, lifts = namesOf(lifted)})

-- A delivery with a stronger kind replaces the stored event: Twilio's OptOutType may classify a message as STOP that its
-- body did not show to be one. The better time stays.
local present = entry.rows[sid]
local newestInHistory = tonumber(entry.fields.x or -1)
local isOld = row.orderAt <= newestInHistory or (present and present.orderAt <= newestInHistory)
-- An opt-in that turns out to be an opt-out no longer separates the messages in the entry from older ones.
local joins = present and present.kind == 'start' and kind == 'stop'
-- An opt-in or override that is not the latest: whether a YES counts depends on the word before it, and the start of an opt-out on what
-- lies between.
local isBetween = false
for name in pairs(entry.senders) do
  local last = (kind == 'start' or source == 'm') and (name == sender or row.lifts[name]) and decidingRow(name)
  isBetween = isBetween or (last and isLater(last, row))
end
-- A better time of a message beside an override: blocked sends in the history may be reported after the override.
local isBeside = false
for _, row in pairs(present and entry.rows or {}) do
  isBeside = isBeside or (row.source == 'm' and row.number == present.number)
end
if isOld or joins or isBetween or isBeside or (not isWhole and not present and redis.call('HEXISTS', history, 'm:' .. sid) == 1) then
  isLateOnly = not isWhole and isWithoutEffect(row)
  if not isLateOnly then readHistory() end
end

local known, before = entry.rows[sid], statesNow()
if known then
  local isStronger = RANK[kind] > RANK[known.kind] or (kind == known.kind and known.weak and not weak)
  if not isStronger then
    cause = 'c'
    local repeats = isSameDelivery(known, row) and ' ' .. known.outcome or ''
    row.kind, row.orderAt = known.kind, orderNumber(known.kind, row.source, row.orderAt)
    if learn(known, row) and changesConsent(known) and not isLateOnly then redecideAll(known, nil, before) end
    keepInEntry()
    writeChanged()
    return {'duplicate' .. repeats, version, applied, 0, unpack(superseded)}
  end
  if known.inHistory then write(known) end
  known.kind, known.orderAt = kind, orderNumber(kind, known.source, known.orderAt)
  if not takeBetterTime(known, row) then
    row.orderAt, row.occurredAt, row.source = known.orderAt, known.occurredAt, known.source
  end
  for name in pairs(known.lifts) do row.lifts[name] = true end
end

row.number = senderNumber(sender)
if note ~= '' then
  entry.fields['w:' .. sid] = note
  set('w:' .. sid, note)
elseif known then
  -- The rule that matched the words is no longer why.
  entry.fields['w:' .. sid] = nil
  unset('w:' .. sid)
end
entry.fields['y:' .. sid] = weak and '' or nil
if weak then set('y:' .. sid, '') elseif known then unset('y:' .. sid) end
for name in pairs(row.lifts) do senderNumber(name) end

local deciding = decidingRow(sender)
if deciding and deciding.sid == sid then deciding = nil end
row.lifts[sender] = nil
entry.rows[sid] = row
local result = 'ignored'
if changesConsent(row) and isLateOnly then
  result, row.outcome = 'stale', 's'
elseif changesConsent(row) then
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
keepInEntry()
writeChanged()
compact(entry, key, history, cap, version, now, function(ended)
  superseded[#superseded + 1] = ended.sid
  superseded[#superseded + 1] = formatRow(ended)
end)
local stoppedAlready = kind == 'stop' and deciding and deciding.kind == 'stop'
return {result, version, applied, stoppedAlready and version <= applied and 1 or 0, unpack(superseded)}

end
