-- Takes a message off the review list and stores that it was reviewed.
--
-- KEYS  1  sorted set of MessageSids by receivedAt
--       2  hash, MessageSid -> entry (JSON)
--       3  sorted set of reviewed MessageSids by the time of the review
-- ARGV  1  MessageSid
--       2  now, in ms since 1970
--       3  reviews up to this time are removed, in ms since 1970
-- Returns 1 when the list held it, else 0.

local sid = ARGV[1]
if redis.call('ZREM', KEYS[1], sid) == 0 then return 0 end
redis.call('HDEL', KEYS[2], sid)
redis.call('ZADD', KEYS[3], ARGV[2], sid)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[3])
return 1
