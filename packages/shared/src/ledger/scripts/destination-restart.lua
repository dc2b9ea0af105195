-- Lets an optional destination write to everybody again, as if nobody of them had been written to. Its version stays: changes
-- of versions that it holds are not repeated. Does nothing where there is no entry, as when Redis lost it.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the destination

local entry, name = KEYS[1], ARGV[1]
if redis.call('HEXISTS', entry, 'v') == 0 then return 0 end
redis.call('HSETNX', entry, 'a:' .. name, redis.call('HGET', entry, 'a') or 0)
redis.call('HDEL', entry, 'p:' .. name)
return 1
