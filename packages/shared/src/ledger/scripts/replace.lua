-- Replaces an entry, or deletes it, unless it has changed since it was read.
--
-- KEYS  1    the entry, a hash
-- ARGV  1    how many fields were read; 0 for no entry
--       2..  those fields and their values, in turn
--       ...  the fields and values to store instead, in turn; none to delete the entry
-- Returns 1, or 0 when the entry is no longer as it was read.

local entry, count = KEYS[1], tonumber(ARGV[1])
if redis.call('HLEN', entry) ~= count then return 0 end
local first = 2 + 2 * count
for i = 2, first - 1, 2 do
  if redis.call('HGET', entry, ARGV[i]) ~= ARGV[i + 1] then return 0 end
end
redis.call('DEL', entry)
for i = first, #ARGV, 2 do redis.call('HSET', entry, ARGV[i], ARGV[i + 1]) end
return 1
