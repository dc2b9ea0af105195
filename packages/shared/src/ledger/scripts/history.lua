-- Moves messages from a ledger entry to its history and back, and bounds the history. So the cost of a message does not grow with the
-- number of messages before it: scripts read the entry, and the history only for a late message that what decides may depend on (late.lua).

-- An entry with more rows than the first moves its oldest ones away, until it has as many as the second.
local MAX_ROWS, KEPT_ROWS = 40, 20
-- The history is pruned when it has this many fields more than it may have.
local BLOCK = 100

local MARKS = {'m:', 'w:', 'y:', 'l:'}

-- Moves a row between an entry and its history, with its marks. `step` is 1 to the history, -1 back: `c` counts the rows there.
local function moveRow(row, fields, from, to, step)
  local moved, removed = {}, {}
  for _, mark in ipairs(MARKS) do
    local value = fields[mark .. row.sid]
    removed[#removed + 1] = mark .. row.sid
    if mark == 'm:' then value = formatRow(row) end
    if value then
      moved[#moved + 1] = mark .. row.sid
      moved[#moved + 1] = value
    end
  end
  redis.call('HSET', to, unpack(moved))
  redis.call('HDEL', from, unpack(removed))
  redis.call('HINCRBY', step == 1 and to or from, 'c', step)
end

-- An opt-out that stays needs the opt-in after it: without that, it would be the first of a later one. `rows` are those of a sender, as
-- lastWord leaves them.
local function keepOptIns(rows, keep)
  local isOptedOut = false
  for _, row in ipairs(rows) do
    if row.kind == 'stop' and keep[row.sid] then
      isOptedOut = true
    elseif row.kind == 'start' and row.counts and isOptedOut then
      keep[row.sid], isOptedOut = true, false
    end
  end
end

-- The rows of an entry that have to stay in it: of each sender the one that decides, the latest override, the latest START message, the
-- latest opt-out of its own, the blocked send that was reported last, and for a YES that decides the opt-out before it. With them, the rest decides nothing about a message that
-- is newer than the history. So does the first opt-out of a sender's present one, which is its evidence, and the opt-out that a blocked
-- send confirms, which is the reason of it (reasons.ts).
local function rowsToKeep(entry)
  local keep = {}
  local function keepLatest(rows, isKept)
    for i = #rows, 1, -1 do
      if isKept(rows[i]) then
        keep[rows[i].sid] = true
        return
      end
    end
  end
  for name, known in pairs(entry.senders) do
    local rows = rowsOfSender(entry, name)
    local deciding, first, ordered = lastWord(rows)
    if first then keep[first.sid] = true end
    if ordered then keep[ordered.sid] = true end
    if known.sid and entry.rows[known.sid] then keep[known.sid] = true end
    keepLatest(rows, function(row) return row.source == 'm' end)
    keepLatest(rows, function(row) return row.kind == 'start' and row.counts and row.source ~= 'm' end)
    keepLatest(rows, function(row) return row.kind == 'stop' and row.number == known.number end)
    local reported
    for _, row in ipairs(rows) do
      local isLast = row.kind == 'stop' and isBlockedSend(row) and not (reported and row.occurredAt < reported.occurredAt)
      if isLast then reported = row end
    end
    if reported then keep[reported.sid] = true end
    local function isSaid(row) return not isBlockedSend(row) and (row.kind == 'stop' or row.counts) end
    keepLatest(rows, function(row) return row.kind == 'stop' and isSaid(row) end)
    if deciding and isBlockedSend(deciding) then
      keepLatest(rows, function(row) return isSaid(row) and isLater(deciding, row) end)
    end
    if deciding and deciding.weak then
      keepLatest(rows, function(row) return row.kind == 'stop' and isLater(deciding, row) end)
    end
    keepOptIns(rows, keep)
  end
  return keep
end

-- Whether a row is pruned last: it made a version. Repetitions of an opt-out share a version; the first received made it.
local function versionMakers(rows)
  local makers = {}
  for _, row in ipairs(rows) do
    local hasVersion = changesConsent(row) and row.outcome ~= 's' and row.outcome ~= 'i' and not isBlockedSend(row)
    local other = makers[row.version]
    if hasVersion and not (other and other.receivedAt <= row.receivedAt) then makers[row.version] = row end
  end
  local isMaker = {}
  for _, row in pairs(makers) do isMaker[row.sid] = true end
  return isMaker
end

-- Counts rows that were removed, since the first one.
local function notePruned(key, count, now)
  local pruned, since = (redis.call('HGET', key, 'q') or ''):match('^(%d+) (%d+)$')
  redis.call('HSET', key, 'q', string.format('%.0f %s', (tonumber(pruned) or 0) + count, since or string.format('%.0f', now)))
end

-- Removes rows beyond the cap: those that made no version first, then the oldest. The entry counts them (`q`).
local function pruneHistory(key, history, cap, version, now)
  if tonumber(redis.call('HGET', history, 'c') or 0) <= cap + BLOCK then return end
  local archive, rows = readEntry(history), {}
  for _, row in pairs(archive.rows) do rows[#rows + 1] = row end
  local isMaker = versionMakers(rows)
  table.sort(rows, function(a, b)
    if isMaker[a.sid] ~= isMaker[b.sid] then return not isMaker[a.sid] end
    if a.receivedAt ~= b.receivedAt then return a.receivedAt < b.receivedAt end
    return a.sid < b.sid
  end)
  local excess = #rows - cap
  for i = 1, excess do
    for _, mark in ipairs(MARKS) do redis.call('HDEL', history, mark .. rows[i].sid) end
  end
  for name in pairs(archive.fields) do
    local noted = tonumber(name:match('^v:(%d+)$'))
    if noted and noted <= version - cap then redis.call('HDEL', history, name) end
  end
  redis.call('HSET', history, 'c', math.min(#rows, cap))
  if excess > 0 then notePruned(key, excess, now) end
end

-- Moves the notes on older versions to the history.
local function moveVersions(entry, key, history, version)
  for name, value in pairs(entry.fields) do
    local noted = tonumber(name:match('^v:(%d+)$'))
    if noted and noted <= version - KEPT_ROWS and redis.call('HDEL', key, name) == 1 then
      redis.call('HSET', history, name, value)
    end
  end
end

-- Moves the oldest rows of a long entry to its history. `ended` is called with an open row that is moved: nothing waits for it.
local function compact(entry, key, history, cap, version, now, ended)
  local rows = {}
  for _, row in pairs(entry.rows) do
    if not row.inHistory then rows[#rows + 1] = row end
  end
  if #rows <= MAX_ROWS then return end
  table.sort(rows, function(a, b) return isLater(b, a) end)
  local keep, newest = rowsToKeep(entry), tonumber(entry.fields.x or 0)
  for i = 1, #rows - KEPT_ROWS do
    local row = rows[i]
    if not keep[row.sid] then
      if row.outcome == 'p' or row.outcome == 'd' then
        row.outcome = 's'
        ended(row)
      end
      moveRow(row, entry.fields, key, history, 1)
      if changesConsent(row) then newest = math.max(newest, row.orderAt) end
    end
  end
  redis.call('HSET', key, 'x', string.format('%.0f', newest))
  moveVersions(entry, key, history, version)
  pruneHistory(key, history, cap, version, now)
end
