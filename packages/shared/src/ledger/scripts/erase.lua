-- Erases what an entry tells about a person: its messages, people and history. What remains is the suppression: each sender with
-- its state and since when. An entry in which no sender is stopped is removed. The fields of the hash: ledger-entry.ts.
--
-- KEYS  1   the entry, a hash
--       2   its history, a hash in the same slot
-- ARGV  1   a random text, from which the ids are made that replace those of the messages
--       2   the note (JSON) of the rows that remain
--       3   `1` to remove the suppression too
-- Returns `none` where there is no entry, `pending` for one with a message that waits for Customer.io, or whose suppression Customer.io
-- does not hold, as where it was dead-lettered and is to remain: it is left as it is. Else `erased`, or `removed`.

-- include: entry.lua

local key, history = KEYS[1], KEYS[2]
local seed, note, all = ARGV[1], ARGV[2], ARGV[3] == '1'

local entry = readEntry(key)
if next(entry.fields) == nil then return 'none' end
for _, row in pairs(entry.rows) do
  if row.outcome == 'p' then return 'pending' end
end

local isHeld = tonumber(entry.fields.v or 0) <= tonumber(entry.fields.a or 0)
local isStopped, kept = false, {}
local function keep(name, value)
  kept[#kept + 1] = name
  kept[#kept + 1] = value
end

-- The note of a row that remains. The reason of a consent tells nothing about the person; a rule that matched words is told as one.
local function remainingNote(sid)
  local known = entry.fields['w:' .. sid] or ''
  local reason = known:match('"reason":"([%w_]+)"') or (known:find('"phrase":"', 1, true) and 'wording')
  return reason and note:gsub('}$', ',"reason":"' .. reason .. '"}') or note
end

for name, sender in pairs(entry.senders) do
  local row = sender.sid and entry.rows[sender.sid]
  if row then
    isStopped = isStopped or row.kind == 'stop'
    -- Of the same form as the id of a message. A START that lifts the opt-outs of several senders keeps one id.
    local sid = 'ER' .. redis.sha1hex(seed .. row.sid):sub(1, 32)
    keep('s:' .. name, sender.number .. ' ' .. sid)
    local first = entry.fields['o:' .. sender.number]
    if first then keep('o:' .. sender.number, first:match('^%S+') .. ' ' .. sid) end
    if entry.fields['l:' .. row.sid] then keep('l:' .. sid, entry.fields['l:' .. row.sid]) end
    row.receivedAt = row.occurredAt
    keep('m:' .. sid, formatRow(row))
    keep('w:' .. sid, remainingNote(row.sid))
  end
end

if isStopped and not (isHeld or all) then return 'pending' end
redis.call('DEL', history)
if all or not isStopped then
  redis.call('DEL', key)
  return 'removed'
end
for name, value in pairs(entry.fields) do
  if name == 'v' or name == 'a' or name == 't' or name == 'n' or name == 'wa' or name == 'ra' or name:sub(1, 2) == 'a:' then
    keep(name, value)
  end
end
redis.call('DEL', key)
redis.call('HSET', key, unpack(kept))
return 'erased'
