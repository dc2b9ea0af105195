-- Which late deliveries change nothing that decides, so that the history is not read for them: its cost grows with its length. Such are
-- most messages of a backfill, which reads the newest first, blocked sends, which are ordered hours before their report, and messages
-- that come by a second route when many others came since. Works on the locals of record.lua and decide.lua.

-- Reads the row of this message alone from the history.
local function readFromHistory()
  local stored = redis.call('HMGET', history, 'm:' .. sid, 'y:' .. sid, 'l:' .. sid)
  if not stored[1] then return end
  local found = parseRow(sid, stored[1])
  found.weak, found.lifts, found.inHistory = stored[2] ~= false, namesOf(stored[3] or ''), true
  entry.rows[sid] = found
end

-- The row of the first opt-out of a sender's present one; nil where it was pruned.
local function firstOfPresent(name, present)
  local stored = entry.fields['o:' .. entry.senders[name].number]
  if not stored then return present end
  local firstSid = stored:match(' (.+)$')
  local value = not entry.rows[firstSid] and redis.call('HGET', history, 'm:' .. firstSid)
  return entry.rows[firstSid] or (value and parseRow(firstSid, value))
end

-- Whether a sender's deciding message and the start of its state are the same with and without this row. `isMoved` where the row is
-- stored, and leaves its place. The entry has the rows that this depends on; see rowsToKeep.
local function isIrrelevant(row, name, isMoved)
  local rows, present = rowsOfSender(entry, name), decidingRow(name)
  if #rows == 0 and row.number ~= entry.senders[name].number then return true end
  if lastWord(rows) ~= present or not present or present.weak or not isLater(present, row) then return false end
  local start, hasOwnStop
  for _, other in ipairs(rows) do
    -- Beside an override a blocked send counts by its report.
    if other.source == 'm' then return false end
    if other.kind == 'start' and not other.weak then start = other end
    hasOwnStop = hasOwnStop or (other.kind == 'stop' and other.number == entry.senders[name].number)
  end
  -- The first opt-out of a sender lets opt-ins to its service count.
  if row.kind == 'stop' and not hasOwnStop then return false end
  if present.kind == 'start' then return true end
  local first = firstOfPresent(name, present)
  if not first then return false end
  local isBeforeOptIn = start ~= nil and isLater(first, start) and isLater(start, row)
  if row.kind == 'stop' then return isBeforeOptIn or isLater(row, first) end
  return isBeforeOptIn or (not isMoved and isLater(first, row))
end

local function isIrrelevantToAll(row, isMoved)
  for name, known in pairs(entry.senders) do
    if (known.number == row.number or row.lifts[name]) and not isIrrelevant(row, name, isMoved) then return false end
  end
  return true
end

-- Whether this delivery changes nothing that decides. Reads what the history has of its message.
local function isWithoutEffect(row)
  if not entry.rows[sid] then readFromHistory() end
  local known = entry.rows[sid]
  if not known then
    if not changesConsent(row) then return true end
    local own = entry.senders[sender]
    if row.weak or row.source == 'm' or not own then return false end
    row.number = own.number
    return isIrrelevantToAll(row, false)
  end
  if RANK[kind] > RANK[known.kind] or (kind == known.kind and known.weak and not row.weak) then return false end
  for name in pairs(row.lifts) do
    if not known.lifts[name] then return false end
  end
  if not changesConsent(known) then return true end
  local moved = {}
  for name, value in pairs(known) do moved[name] = value end
  local times = {kind = known.kind, source = row.source, orderAt = orderNumber(known.kind, row.source, row.orderAt),
    occurredAt = row.occurredAt}
  if not takeBetterTime(moved, times) then return true end
  return isIrrelevantToAll(known, true) and isIrrelevantToAll(moved, true)
end
