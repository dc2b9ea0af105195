-- Stores how far the message log of an account has been read, unless another worker has stored something since.
--
-- KEYS  1  hash, account -> span (JSON)
-- ARGV  1  account
--       2  the span that was read before (JSON)
--       3  the new span (JSON)
-- Returns 1 when it was stored, else 0.

local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored and stored ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
