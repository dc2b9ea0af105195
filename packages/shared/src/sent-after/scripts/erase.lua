-- Removes the messages of a subject.
--
-- KEYS  1  sorted set of MessageSids by sentAt
--       2  hash, MessageSid -> entry (JSON)
--       3  sorted set of "<subject>|<MessageSid>", in the order of the text
-- ARGV  1  subject
-- Returns how many were removed.

local members = redis.call('ZRANGEBYLEX', KEYS[3], '[' .. ARGV[1] .. '|', '(' .. ARGV[1] .. '}')
for _, member in ipairs(members) do
  local sid = string.sub(member, #ARGV[1] + 2)
  redis.call('ZREM', KEYS[1], sid)
  redis.call('HDEL', KEYS[2], sid)
  redis.call('ZREM', KEYS[3], member)
end
return #members
