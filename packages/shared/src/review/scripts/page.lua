-- Reads a page of the review list, the oldest message first.
--
-- KEYS  1  sorted set of MessageSids by receivedAt
--       2  hash, MessageSid -> entry (JSON)
-- ARGV  1  offset
--       2  how many at most
-- Returns {how many the list holds, {MessageSid, ...}, {entry (JSON), ...}}.

local offset, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local total = redis.call('ZCARD', KEYS[1])
if limit <= 0 then return {total, {}, {}} end
local sids = redis.call('ZRANGE', KEYS[1], offset, offset + limit - 1)
if #sids == 0 then return {total, {}, {}} end
return {total, sids, redis.call('HMGET', KEYS[2], unpack(sids))}
