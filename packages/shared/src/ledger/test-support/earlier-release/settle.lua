-- As an earlier release had it, word for word: it runs beside this one during an upgrade.

local entry = KEYS[1]
local upTo, outcome, holds, people = tonumber(ARGV[1]), ARGV[2], ARGV[3] == '1', ARGV[4]
if holds then redis.call('HSET', entry, 'a', upTo, 'p', people) end
local head = redis.call('HMGET', entry, 'v', 'a')
local settled = {tonumber(head[1] or 0) > tonumber(head[2] or 0) and '1' or '0'}
local fields, deciding = redis.call('HGETALL', entry), {}
for i = 1, #fields, 2 do
  if fields[i]:sub(1, 2) == 's:' then deciding[fields[i + 1]:match(' (.+)$') or ''] = true end
end
for i = 1, #fields, 2 do
  if fields[i]:sub(1, 2) == 'm:' then
    local sid = fields[i]:sub(3)
    local before, version, was, after = fields[i + 1]:match('^(.+) (%d+) (%a) (%d+)$')
    local open = was == 'p' or (was == 'd' and outcome ~= 'd')
    if open and tonumber(version) <= upTo then
      local ended = was == 'd' and not deciding[sid] and 's' or outcome
      local row = before .. ' ' .. version .. ' ' .. ended .. ' ' .. after
      redis.call('HSET', entry, fields[i], row)
      settled[#settled + 1] = sid
      settled[#settled + 1] = row
    end
  end
end
return settled
