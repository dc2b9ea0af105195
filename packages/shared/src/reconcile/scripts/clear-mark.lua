-- Removes the mark of a phone whose forced sync has ended, unless it was replaced, and counts it for the passes that asked for
-- it and are still under way. One script, so that each request counts once.
--
-- KEYS  1  hash of phone -> mark (JSON)
--       2  hash, the pass of the sweep
--       3  hash, the pass that was asked for
-- ARGV  1  the phone, `<channel>:<number>`
--       2  the mark (JSON), as it was read
--       3  and on: fields of a pass and what to add to them
-- Returns 1 when it was removed, else 0.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
local isJson, mark = pcall(cjson.decode, ARGV[2])
local passes = isJson and type(mark) == 'table' and mark.passes or {}
for n, pass in ipairs({'sweep', 'requested'}) do
  local key = KEYS[n + 1]
  if passes[pass] and redis.call('HGET', key, 'id') == passes[pass] then
    for i = 3, #ARGV, 2 do redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
  end
end
return 1
