-- Marks a phone for a forced sync. A mark that is open is joined: the new one enforces where either does, and carries the
-- passes and the people who may be set back of both.
--
-- KEYS  1  hash of phone -> mark (JSON)
-- ARGV  1  the phone, `<channel>:<number>`
--       2  the mark (JSON)
-- Returns 1.

local mark = cjson.decode(ARGV[2])
local open = redis.call('HGET', KEYS[1], ARGV[1])
local isJson, before = pcall(cjson.decode, open or '')
if isJson and type(before) == 'table' then
  if before.mode == 'enforce' and mark.mode ~= 'enforce' then
    mark.mode, mark.reason = before.mode, before.reason
  end
  mark.unverified = mark.unverified or before.unverified
  for pass, id in pairs(before.passes or {}) do mark.passes[pass] = mark.passes[pass] or id end
  local people, listed = {}, {}
  for _, list in ipairs({before.allowOptIn or {}, mark.allowOptIn or {}}) do
    for _, id in ipairs(list) do
      if not listed[id] then people[#people + 1] = id end
      listed[id] = true
    end
  end
  mark.allowOptIn = #people > 0 and people or nil
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(mark))
return 1
