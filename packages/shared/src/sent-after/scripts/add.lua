-- Adds a message that was sent after an opt-out, unless the list holds it, and removes the oldest ones beyond its bounds.
--
-- KEYS  1  sorted set of MessageSids by sentAt
--       2  hash, MessageSid -> entry (JSON)
--       3  sorted set of "<subject>|<MessageSid>", in the order of the text
-- ARGV  1  MessageSid
--       2  sentAt, in ms since 1970
--       3  entry (JSON), with its subject as `of`
--       4  subject
--       5  how many the list holds at most
--       6  messages sent before this time are removed, in ms since 1970
-- Returns 1 when it was added, else 0.

local sid = ARGV[1]
if redis.call('HSETNX', KEYS[2], sid, ARGV[3]) == 0 then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], sid)
redis.call('ZADD', KEYS[3], 0, ARGV[4] .. '|' .. sid)

local function remove(old)
  local text = redis.call('HGET', KEYS[2], old)
  local parsed, entry = pcall(cjson.decode, text or '')
  if parsed and type(entry) == 'table' and entry.of then redis.call('ZREM', KEYS[3], entry.of .. '|' .. old) end
  redis.call('ZREM', KEYS[1], old)
  redis.call('HDEL', KEYS[2], old)
end
-- A few at a time: each message that is added removes more than one.
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[6], 'LIMIT', 0, 10)) do remove(old) end
local excess = math.min(10, redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[5]))
if excess > 0 then
  for _, old in ipairs(redis.call('ZRANGE', KEYS[1], 0, excess - 1)) do remove(old) end
end
return 1
