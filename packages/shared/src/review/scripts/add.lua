-- Adds a message to the review list, unless the list holds it or somebody has reviewed it within the last 30 days.
--
-- KEYS  1  sorted set of MessageSids by receivedAt
--       2  hash, MessageSid -> entry (JSON)
--       3  sorted set of reviewed MessageSids by the time of the review
-- ARGV  1  MessageSid
--       2  receivedAt, in ms since 1970
--       3  entry (JSON)
-- Returns 1 when it was added, else 0.

local sid = ARGV[1]
if redis.call('ZSCORE', KEYS[3], sid) or redis.call('HSETNX', KEYS[2], sid, ARGV[3]) == 0 then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], sid)
return 1
