import { PRELUDE } from './prelude';

/*
 * The steps of the store of dead letters, each one script, hence atomic. `<question>` is what `question()` of the prelude
 * reads.
 */

/**
 * ARGV: id, the revision it was seen at ('' for none), the letter, lastFailedAt, tries, its sets. Files the letter unless
 * it is no longer as it was seen. Returns {'1'}, or {'0', present revision, present letter}.
 */
export const FILE = `${PRELUDE}
local id, seen = ARGV[1], ARGV[2]
local revision = metaOf(redis.call('HGET', META, id))
if tostring(revision or '') ~= seen then
  return {'0', tostring(revision or ''), redis.call('HGET', LETTERS, id) or ''}
end
unindex(id)
redis.call('HSET', LETTERS, id, ARGV[3])
local sets = {}
for i = 6, #ARGV do
  sets[#sets + 1] = ARGV[i]
  redis.call('ZADD', set(ARGV[i]), ARGV[4], id)
end
local next = string.format('%.0f', redis.call('INCR', base .. ':revision'))
redis.call('HSET', META, id, next .. ' ' .. ARGV[5] .. '\\n' .. table.concat(sets, '\\n') .. '\\n')
return {'1'}
`;

/** ARGV: most letters, <question>. Returns {cursor, id, letter, run or '', id, ...}. */
export const PAGE = `${PRELUDE}
local limit, asked = tonumber(ARGV[1]), question(2)
local ids = {}
local cursor = walk(asked, function(id)
  ids[#ids + 1] = id
  return #ids < limit
end)
local page = {cursor}
for _, id in ipairs(ids) do
  page[#page + 1] = id
  page[#page + 1] = redis.call('HGET', LETTERS, id)
  page[#page + 1] = redis.call('HGET', CLAIMS, id) or ''
end
return page
`;

/** ARGV: <question>. Returns {cursor, how many there are up to it}. */
export const COUNT = `${PRELUDE}
local asked = question(1)
if #asked.ids == 0 and #asked.sets == 1 and asked.minTries <= 1 and not asked.maxRevision then
  return {'', redis.call('ZCOUNT', set(asked.sets[1]), asked.from, asked.to)}
end
local count = 0
local cursor = walk(asked, function() count = count + 1 end)
return {cursor, count}
`;

/** ARGV: most letters, <question>. Discards letters that no run is replaying. Returns {cursor, how many}. */
export const DISCARD = `${PRELUDE}
local limit, asked = tonumber(ARGV[1]), question(2)
local ids = {}
local cursor = walk(asked, function(id)
  if redis.call('HEXISTS', CLAIMS, id) == 0 then ids[#ids + 1] = id end
  return #ids < limit
end)
for _, id in ipairs(ids) do remove(id) end
return {cursor, #ids}
`;
