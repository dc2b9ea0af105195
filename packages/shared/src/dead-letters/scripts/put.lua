-- include: prelude.lua
--
-- Stores a dead letter and its index entries, unless the stored one has changed since the caller read it.
--
-- ARGV  1    id
--       2    the revision that the caller read; '' when it read none
--       3    the dead letter (JSON)
--       4    lastFailedAt, in ms since 1970
--       5    number of attempts
--       6... the index sets that hold it
-- Returns {'1'} when stored, else {'0', stored revision or '', stored dead letter (JSON) or ''}.

local id, read = ARGV[1], ARGV[2]
local stored = tostring(revisionOf(redis.call('HGET', META, id)) or '')
if stored ~= read then return {'0', stored, redis.call('HGET', LETTERS, id) or ''} end
unindex(id)
redis.call('HSET', LETTERS, id, ARGV[3])
local sets = {}
for i = 6, #ARGV do
  sets[#sets + 1] = ARGV[i]
  redis.call('ZADD', indexKey(ARGV[i]), ARGV[4], id)
end
local revision = string.format('%.0f', redis.call('INCR', base .. ':revision'))
redis.call('HSET', META, id, revision .. ' ' .. ARGV[5] .. '\n' .. table.concat(sets, '\n') .. '\n')
return {'1'}
