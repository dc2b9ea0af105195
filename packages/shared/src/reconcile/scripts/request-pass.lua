-- Stores the request for a pass over the ledger, unless one waits or runs.
--
-- KEYS  1  hash, the latest pass that was asked for
-- ARGV  1  the id of the new pass
--       2  and on: its fields and values
-- Returns {id of the pass that waits or runs now, 1 when it is the new one, else 0}.

local state = redis.call('HGET', KEYS[1], 'state')
if state == 'waiting' or state == 'running' then return {redis.call('HGET', KEYS[1], 'id'), 0} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', ARGV[1], unpack(ARGV, 2))
return {ARGV[1], 1}
