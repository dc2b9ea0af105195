-- include: query.lua
--
-- Lists the next dead letters that meet a query, by what their index entries say. A large one is not read.
--
-- ARGV  1    how many at most
--       2    how many bytes of JSON a dead letter may have to be read
--       3... <query>, see query.lua
-- Returns {cursor ('' at the end), id, lastFailedAt, value of :meta, bytes of JSON, dead letter (JSON) or '' where it is
-- larger, run that is replaying it or '', id, ...}.

local limit, maxBytes, query = tonumber(ARGV[1]), tonumber(ARGV[2]), readQuery(3)
local ids = {}
local cursor = walk(query, function(id)
  ids[#ids + 1] = id
  return #ids < limit
end)
local rows = {cursor}
for _, id in ipairs(ids) do
  local bytes = redis.call('HSTRLEN', LETTERS, id)
  rows[#rows + 1] = id
  rows[#rows + 1] = redis.call('ZSCORE', indexKey('all'), id) or ''
  rows[#rows + 1] = redis.call('HGET', META, id) or ''
  rows[#rows + 1] = tostring(bytes)
  rows[#rows + 1] = bytes <= maxBytes and redis.call('HGET', LETTERS, id) or ''
  rows[#rows + 1] = redis.call('HGET', CLAIMS, id) or ''
end
return rows
