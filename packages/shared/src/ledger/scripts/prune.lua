-- Removes the messages of an entry that are older than the retention, from the entry and its history. Those that decide something stay:
-- what decides for each sender, what a message that is newer than the retention may depend on, and what waits for Customer.io or an
-- operator. So no state changes, nor when it began, nor how any newer message is ordered. The entry counts the others (`q`).
--
-- KEYS  1  the entry, a hash
--       2  its history, a hash in the same slot
-- ARGV  1  the retention's beginning, in ms since 1970: a message that was sent and received before it is older
-- Returns how many messages were removed.

-- include: entry.lua
-- include: order.lua
-- include: history.lua

local key, history, before = KEYS[1], KEYS[2], tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local entry, archive = readEntry(key), readEntry(history)
for sid, row in pairs(archive.rows) do
  row.inHistory = true
  if not entry.rows[sid] then entry.rows[sid] = row end
end

-- What was known when the retention began.
local old = {senders = {}, rows = {}}
for sid, row in pairs(entry.rows) do
  if math.max(row.occurredAt, row.receivedAt) < before then old.rows[sid] = row end
end
if next(old.rows) == nil then return 0 end
for name, known in pairs(entry.senders) do
  old.senders[name] = {number = known.number, sid = old.rows[known.sid or ''] and known.sid}
end
-- The later ones last: each looks at its rows anew.
local keep, keepNow = rowsToKeep(old), rowsToKeep(entry)
for sid, row in pairs(entry.rows) do
  local isOpen = row.outcome == 'p' or row.outcome == 'd'
  if not old.rows[sid] or keepNow[sid] or isOpen then keep[sid] = true end
end
for name in pairs(entry.senders) do
  local rows = rowsOfSender(entry, name)
  lastWord(rows)
  keepOptIns(rows, keep)
end

local removed, gone, kept = 0, {}, {}
for sid, row in pairs(entry.rows) do
  if not keep[sid] then
    local from = row.inHistory and history or key
    for _, mark in ipairs(MARKS) do redis.call('HDEL', from, mark .. sid) end
    if row.inHistory then redis.call('HINCRBY', history, 'c', -1) end
    removed, gone[row.version] = removed + 1, true
  else
    kept[row.version] = true
  end
end

-- The note on a version goes with its messages.
for version in pairs(gone) do
  if not kept[version] then
    local note = string.format('v:%.0f', version)
    redis.call('HDEL', key, note)
    redis.call('HDEL', history, note)
  end
end

if removed > 0 then notePruned(key, removed, now) end
return removed
