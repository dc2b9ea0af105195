-- Changes a pass that was asked for, while it is in one of some states: a worker that was suspended must not revive it.
--
-- KEYS  1  hash, the latest pass that was asked for
-- ARGV  1  the id of the pass
--       2  the states, separated by commas
--       3  and on: fields and values
-- Returns 1 when it was changed, else 0.

local pass = redis.call('HMGET', KEYS[1], 'id', 'state')
if pass[1] ~= ARGV[1] or not (',' .. ARGV[2] .. ','):find(',' .. (pass[2] or '') .. ',', 1, true) then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1
