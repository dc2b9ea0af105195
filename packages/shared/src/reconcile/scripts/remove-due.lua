-- Removes members of a sorted set that have been handled, unless they were scheduled anew meanwhile.
--
-- KEYS  1  sorted set of members by the time they are due
-- ARGV  a member and its time when it was read, and so on
-- Returns how many were removed.

local removed = 0
for i = 1, #ARGV, 2 do
  local at = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if at and tonumber(at) == tonumber(ARGV[i + 1]) then removed = removed + redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return removed
