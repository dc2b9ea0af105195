-- Replaces an entry and its history by one entry, or deletes both, unless one of them has changed since they were read.
--
-- KEYS  1    the entry, a hash
--       2    its history, a hash in the same slot
-- ARGV  1    how many fields of the entry were read; 0 for no entry
--       2    how many fields of its history were read
--       3..  the fields of the entry and their values, in turn; then those of its history
--       ...  the fields and values of the new entry, in turn; none to delete both
-- Returns 1, or 0 when one of them is no longer as it was read.

local next = 3
for n = 1, 2 do
  local count = tonumber(ARGV[n])
  if redis.call('HLEN', KEYS[n]) ~= count then return 0 end
  for i = next, next + 2 * count - 1, 2 do
    if redis.call('HGET', KEYS[n], ARGV[i]) ~= ARGV[i + 1] then return 0 end
  end
  next = next + 2 * count
end
redis.call('DEL', KEYS[1], KEYS[2])
for i = next, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
