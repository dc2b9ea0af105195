-- include: query.lua
--
-- Removes the next dead letters that meet a query, except those that a run is replaying.
--
-- ARGV  1    how many at most
--       2... <query>, see query.lua
-- Returns {cursor ('' at the end), number removed}.

local limit, query = tonumber(ARGV[1]), readQuery(2)
local ids = {}
local cursor = walk(query, function(id)
  if redis.call('HEXISTS', CLAIMS, id) == 0 then ids[#ids + 1] = id end
  return #ids < limit
end)
for _, id in ipairs(ids) do remove(id) end
return {cursor, #ids}
