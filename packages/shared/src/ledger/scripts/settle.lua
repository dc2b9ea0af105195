-- Gives every open event of entries up to a version its outcome. Open means pending, or dead-lettered when the outcome is another
-- one. A dead-lettered event that no longer decides for its sender becomes stale: it never reached Customer.io. So does a pending one
-- of another kind than what decides for its sender, which a merge of two entries leaves, or a worker that knows no such outcome.
--
-- Where Customer.io holds the version, it also stores it as applied, and the time. A version older than the applied one was written to
-- Customer.io late, over the newer one: the applied version goes back, so that the newer one is written again. Removes the mark of an
-- early write. A version that the entry does not have changes nothing: Redis lost it after it was read, as at a failover.
--
-- An optional destination whose version is not stored yet holds the version that was applied before, for the same people: it was
-- switched on after that. What is stored of a destination that is not configured is removed, for when it is switched on again.
--
-- An entry that fails, as where its key is of another type, has the error as its reply, and the others are settled.
--
-- KEYS  the entries, each a hash
-- ARGV  1  the short id of the build and configuration that settles them
--       2  and on, for each entry in turn:
--          version
--          outcome, as its code of one letter
--          `1` when Customer.io now holds this version, else `0`
--          the cio_ids it was written to, separated by spaces
--          the optional destinations that are configured, separated by spaces, each `<name>=1` when it is written to people, else
--          `<name>=0`
-- Returns for each entry {`1` when a newer version waits to be applied else `0`, MessageSid, row, MessageSid, row, ...} with the new
-- rows.

-- include: form.lua
-- include: reply.lua

local FIELDS = 5

local origin = ARGV[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

local function settle(entry, version, outcome, holds, people, destinations)

local upTo = tonumber(version)
local reply, fields = redis.call('HGETALL', entry), {}
for i = 1, #reply, 2 do fields[reply[i]] = reply[i + 1] end
checkForm(fields)
local newest = tonumber(fields.v or 0)
if holds == '1' and upTo > newest then return {newest > tonumber(fields.a or 0) and '1' or '0'} end

-- What changes, each written by one command.
local written, removed = {}, {}
local function set(field, value)
  fields[field] = value
  written[#written + 1] = field
  written[#written + 1] = value
end

if holds == '1' then
  local configured, before, peopleBefore = {}, fields.a or '0', fields.p or ''
  for name, toPeople in destinations:gmatch('(%S+)=(%d)') do
    configured[name] = true
    if not fields['a:' .. name] then
      set('a:' .. name, before)
      if toPeople == '1' then set('p:' .. name, peopleBefore) end
    end
  end
  set('a', version)
  set('p', people)
  set('wa', now)
  -- When the version was first applied, beside when it was written.
  local note = fields['v:' .. version]
  if note and note:match('^%d+ %S+ %S+$') then set('v:' .. version, note .. ' ' .. now .. ' ' .. origin) end
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
local settled = {newest > tonumber(fields.a or 0) and '1' or '0'}
for i = 1, #reply, 2 do
  if reply[i]:sub(1, 2) == 'm:' then
    local sid = reply[i]:sub(3)
    local before, made, present, after = reply[i + 1]:match('^(.+) (%d+) (%a) (%d+)$')
    local open = present == 'p' or (present == 'd' and outcome ~= 'd')
    if open and tonumber(made) <= upTo then
      local isReplaced = decidedKind[after] and decidedKind[after] ~= kindOf[sid]
      local ended = not deciding[sid] and (present == 'd' or isReplaced) and 's' or outcome
      local row = before .. ' ' .. made .. ' ' .. ended .. ' ' .. after
      set(reply[i], row)
      settled[#settled + 1] = sid
      settled[#settled + 1] = row
    end
  end
end
if #written > 0 then redis.call('HSET', entry, unpack(written)) end
if #removed > 0 then redis.call('HDEL', entry, unpack(removed)) end
return settled

end

local replies = {}
for n, entry in ipairs(KEYS) do
  local first = 2 + (n - 1) * FIELDS
  replies[n] = replyOf(pcall(settle, entry, unpack(ARGV, first, first + FIELDS - 1)))
end
return replies
