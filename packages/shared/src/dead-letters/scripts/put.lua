-- include: prelude.lua
--
-- Stores a dead letter and its index entries, unless the stored one, or what is stored of one that a replay requeued, has
-- changed since the caller read it.
--
-- ARGV  1    id
--       2    the id of the dead letter that the payload was before a replay, where it differs, else ''
--       3    what the caller read of earlier failures: those of id, a line break, those of the other id
--       4    the revision that the caller read; '' when it read none
--       5    the dead letter (JSON)
--       6    lastFailedAt, in ms since 1970
--       7    number of attempts
--       8... the index sets that hold it
-- Returns {'1'} when stored, else {'0', stored revision or '', stored dead letter (JSON) or '', earlier failures of id (JSON)
-- or '', earlier failures of the other id (JSON) or ''}.

local id, former, readEarlier, read = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local earlier, ofFormer = redis.call('GET', replayedKey(id)) or '', ''
-- The job may fail before the replay has removed the dead letter.
if former ~= '' then
  ofFormer = redis.call('GET', replayedKey(former)) or redis.call('HGET', LETTERS, former) or ''
end
local stored = tostring(revisionOf(redis.call('HGET', META, id)) or '')
if stored ~= read or earlier .. '\n' .. ofFormer ~= readEarlier then
  return {'0', stored, redis.call('HGET', LETTERS, id) or '', earlier, ofFormer}
end
unindex(id)
-- First: after a DEL, Redis would let the script go on where memory is full.
redis.call('HSET', LETTERS, id, ARGV[5])
redis.call('DEL', replayedKey(id), replayedKey(former))
local sets = {}
for i = 8, #ARGV do
  sets[#sets + 1] = ARGV[i]
  redis.call('ZADD', indexKey(ARGV[i]), ARGV[6], id)
end
local revision = string.format('%.0f', redis.call('INCR', base .. ':revision'))
redis.call('HSET', META, id, revision .. ' ' .. ARGV[7] .. '\n' .. table.concat(sets, '\n') .. '\n')
return {'1'}
