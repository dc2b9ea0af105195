-- Raises the timestamp of an entry, so that its state can be written over a value that Customer.io got from somebody else.
-- Later versions get later timestamps still. Changes nothing once the entry has another version.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the version that was read
--       2  the latest known time of such a value, in seconds since 1970; 0 for none
--       3  `1` when the time of some value is unknown: Redis' time counts for it
-- Returns the new timestamp, in seconds since 1970; 0 when the entry has another version.

local entry, version, at = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local head = redis.call('HMGET', entry, 'v', 't')
if tonumber(head[1] or 0) ~= version then return 0 end
if ARGV[3] == '1' then at = math.max(at, tonumber(redis.call('TIME')[1])) end
local raised = math.max(tonumber(head[2] or 0), math.floor(at)) + 1
redis.call('HSET', entry, 't', raised)
return raised
