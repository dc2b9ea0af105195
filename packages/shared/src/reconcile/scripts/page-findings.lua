-- Reads a page of the findings of one kind, the oldest first.
--
-- KEYS  1  sorted set of phones by the time they were found at
--       2  hash, phone -> people (JSON)
-- ARGV  1  the position after which the page begins, `<time>|<phone>`; '' for the first page
--       2  how many at most
-- Returns {{phone, time, people, ...}, position}; the position is '' when nothing follows.

local after, limit = ARGV[1], tonumber(ARGV[2])
local offset = 0
if after ~= '' then
  local time, phone = after:match('^(%d+)|(.+)$')
  local rank = phone and redis.call('ZRANK', KEYS[1], phone)
  -- The finding at the position may be gone: those with the same time are then listed once more.
  if rank then offset = rank + 1 elseif time then offset = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. time) end
end
if limit <= 0 then return {{}, redis.call('ZCARD', KEYS[1]) > offset and (after ~= '' and after or '0|-') or ''} end
local found = redis.call('ZRANGE', KEYS[1], offset, offset + limit - 1, 'WITHSCORES')
local rows, last = {}, ''
for i = 1, #found, 2 do
  local time = string.format('%.0f', tonumber(found[i + 1]))
  rows[#rows + 1] = found[i]
  rows[#rows + 1] = time
  rows[#rows + 1] = redis.call('HGET', KEYS[2], found[i]) or ''
  last = time .. '|' .. found[i]
end
if redis.call('ZCARD', KEYS[1]) <= offset + limit then last = '' end
return {rows, last}
