-- Gives every open event up to a version its outcome. Open means pending, or dead-lettered when the outcome is another one. A
-- dead-lettered event that no longer decides for its sender becomes stale: it never reached Customer.io. So does a pending one of
-- another kind than what decides for its sender, which a merge of two entries leaves, or a worker that knows no such outcome.
--
-- With ARGV[3] = '1' it also stores the version as applied, and the time. A version older than the applied one was written to Customer.io
-- late, over the newer one: the applied version goes back, so that the newer one is written again. Removes the mark of an early write.
--
-- An optional destination whose version is not stored yet holds the version that was applied before, for the same people: it was
-- switched on after that. What is stored of a destination that is not configured is removed, for when it is switched on again.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  version
--       2  outcome, as its code of one letter
--       3  `1` when Customer.io now holds this version, else `0`
--       4  the cio_ids it was written to, separated by spaces
--       5  the short id of the build and configuration that applied it
--       6..n  for each optional destination that is configured: its name, and `1` when it is written to people, else `0`
-- Returns {`1` when a newer version waits to be applied else `0`, MessageSid, row, MessageSid, row, ...} with the new rows.

local entry = KEYS[1]
local upTo, outcome, holds, people = tonumber(ARGV[1]), ARGV[2], ARGV[3] == '1', ARGV[4]
local reply, fields = redis.call('HGETALL', entry), {}
for i = 1, #reply, 2 do fields[reply[i]] = reply[i + 1] end

-- What changes, each written by one command.
local written, removed = {}, {}
local function set(field, value)
  fields[field] = value
  written[#written + 1] = field
  written[#written + 1] = value
end

if holds then
  local configured, before, peopleBefore = {}, fields.a or '0', fields.p or ''
  for i = 6, #ARGV, 2 do
    local name = ARGV[i]
    configured[name] = true
    if not fields['a:' .. name] then
      set('a:' .. name, before)
      if ARGV[i + 1] == '1' then set('p:' .. name, peopleBefore) end
    end
  end
  local time = redis.call('TIME')
  local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  set('a', ARGV[1])
  set('p', people)
  set('wa', now)
  -- When the version was first applied, beside when it was written.
  local note = fields['v:' .. ARGV[1]]
  if note and note:match('^%d+ %S+ %S+$') then set('v:' .. ARGV[1], note .. ' ' .. now .. ' ' .. ARGV[5]) end
  if fields.ev then removed[#removed + 1] = 'ev' end
  for field in pairs(fields) do
    local mark = field:sub(1, 2)
    if (mark == 'a:' or mark == 'p:') and not configured[field:sub(3)] then removed[#removed + 1] = field end
  end
end

local deciding, kindOf, decidedKind = {}, {}, {}
for field, value in pairs(fields) do
  if field:sub(1, 2) == 'm:' then kindOf[field:sub(3)] = value:match('^%a+') end
end
for field, value in pairs(fields) do
  if field:sub(1, 2) == 's:' then
    local number, sid = value:match('^(%d+) ?(.*)$')
    deciding[sid], decidedKind[number] = true, kindOf[sid]
  end
end
local settled = {tonumber(fields.v or 0) > tonumber(fields.a or 0) and '1' or '0'}
for i = 1, #reply, 2 do
  if reply[i]:sub(1, 2) == 'm:' then
    local sid = reply[i]:sub(3)
    local before, version, present, after = reply[i + 1]:match('^(.+) (%d+) (%a) (%d+)$')
    local open = present == 'p' or (present == 'd' and outcome ~= 'd')
    if open and tonumber(version) <= upTo then
      local isReplaced = decidedKind[after] and decidedKind[after] ~= kindOf[sid]
      local ended = not deciding[sid] and (present == 'd' or isReplaced) and 's' or outcome
      local row = before .. ' ' .. version .. ' ' .. ended .. ' ' .. after
      set(reply[i], row)
      settled[#settled + 1] = sid
      settled[#settled + 1] = row
    end
  end
end
if #written > 0 then redis.call('HSET', entry, unpack(written)) end
if #removed > 0 then redis.call('HDEL', entry, unpack(removed)) end
return settled
