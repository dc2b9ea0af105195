-- include: query.lua
--
-- Counts the dead letters that meet a query.
--
-- ARGV  1... <query>, see query.lua
-- Returns {cursor ('' at the end), number of matches up to there}.

local query = readQuery(1)
if #query.ids == 0 and #query.sets == 1 and not query.cutoff then
  return {'', redis.call('ZCOUNT', indexKey(query.sets[1]), query.from, query.to)}
end
local count = 0
local cursor = walk(query, function() count = count + 1 end)
return {cursor, count}
