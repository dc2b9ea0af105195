-- Stores that Customer.io was compared with the applied version of an entry. Events keep their outcomes. Changes nothing once
-- another version is applied.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the version that was compared
--       2  the cio_ids that have been written to, separated by spaces
--       3  `1` when Customer.io was read, else `0`
--       4  `1` when something was written, else `0`
--       5  and on: what was written, `<reason> <kind of drift> <number of people> <cio_id>,<cio_id>,...`. The entry keeps the
--          latest 10 such lines in `lw`, each after the time of the write

local entry = KEYS[1]
if redis.call('HGET', entry, 'a') ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', entry, 'p', ARGV[2])
if ARGV[3] == '1' then redis.call('HSET', entry, 'ra', now) end
if ARGV[4] == '1' then redis.call('HSET', entry, 'wa', now) end
if #ARGV >= 5 then
  local writes = {}
  for line in (redis.call('HGET', entry, 'lw') or ''):gmatch('[^\n]+') do writes[#writes + 1] = line end
  for n = 5, #ARGV do writes[#writes + 1] = now .. ' ' .. ARGV[n] end
  redis.call('HSET', entry, 'lw', table.concat(writes, '\n', math.max(1, #writes - 9)))
end
return 1
