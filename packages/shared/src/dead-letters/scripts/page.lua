-- include: query.lua
--
-- Reads the next dead letters that meet a query.
--
-- ARGV  1    how many at most
--       2... <query>, see query.lua
-- Returns {cursor ('' at the end), id, dead letter (JSON), run that is replaying it or '', id, ...}.

local limit, query = tonumber(ARGV[1]), readQuery(2)
local ids = {}
local cursor = walk(query, function(id)
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
