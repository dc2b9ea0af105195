-- include: run.lua
-- include: query.lua
--
-- Claims the next dead letters that meet the filter of a running run and that no run has claimed, and moves the cursor of
-- the run past them.
--
-- ARGV  1    run
--       2    how many at most
--       3... <query>, see query.lua; its cursor and cutoff are replaced by those of the run
-- Returns {state of the run or '', '1' when there may be more else '0', id, dead letter (JSON), id, ...}.

local limit, query = tonumber(ARGV[2]), readQuery(3)
local fields = redis.call('HMGET', RUN, 'state', 'cursor', 'cutoff')
if fields[1] ~= 'running' then return {fields[1] or '', '0'} end
if fields[2] == 'end' then return {'running', '0'} end
query.cursor, query.cutoff = fields[2] or '', tonumber(fields[3])
local ids = {}
local cursor = walk(query, function(id)
  if redis.call('HEXISTS', CLAIMS, id) == 0 then ids[#ids + 1] = id end
  return #ids < limit
end)
redis.call('HSET', RUN, 'cursor', cursor == '' and 'end' or cursor)
local claimed = {'running', cursor == '' and '0' or '1'}
for _, id in ipairs(ids) do
  redis.call('HSET', CLAIMS, id, run)
  redis.call('HSET', CLAIMED, id, revisionOf(redis.call('HGET', META, id)))
  claimed[#claimed + 1] = id
  claimed[#claimed + 1] = redis.call('HGET', LETTERS, id)
end
return claimed
