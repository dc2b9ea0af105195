-- Lets an optional destination write to everybody again, as if nobody of them had been written to. Its version stays: changes
-- of versions that it holds are not repeated.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the destination

local entry, name = KEYS[1], ARGV[1]
redis.call('HSETNX', entry, 'a:' .. name, redis.call('HGET', entry, 'a') or 0)
redis.call('HDEL', entry, 'p:' .. name)
return 1
