-- Stores an early write of a version, unless the entry does not have it: Redis lost it after it was read, as at a failover.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the version
-- Returns 1, or 0 where nothing is stored.

if tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], 'v') or 0) then return 0 end
redis.call('HSET', KEYS[1], 'ev', ARGV[1])
return 1
