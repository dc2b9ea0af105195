-- Changes a pass, while it is the present one and in one of some states: a worker that was suspended must not revive it, nor
-- set the position of the next one.
--
-- KEYS  1  hash, the latest pass
-- ARGV  1  the id of the pass; '' for one without an id
--       2  the states, separated by commas; '' for any
--       3  and on: fields and values; a value `+<n>` is added
-- Returns 1 when it was changed, else 0.

local pass = redis.call('HMGET', KEYS[1], 'id', 'state')
local states = ',' .. ARGV[2] .. ','
if (pass[1] or '') ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' and not states:find(',' .. (pass[2] or '') .. ',', 1, true) then return 0 end
for i = 3, #ARGV, 2 do
  local command = ARGV[i + 1]:sub(1, 1) == '+' and 'HINCRBY' or 'HSET'
  redis.call(command, KEYS[1], ARGV[i], command == 'HINCRBY' and ARGV[i + 1]:sub(2) or ARGV[i + 1])
end
return 1
