-- Stores which version of an entry an optional destination holds.
--
-- A destination that is written to people holds a state, as may another one: a version older than the stored one was written late,
-- over the newer one, so the stored one goes back, and the newer one is written again. One that is called once for a version has a
-- version that never goes back. A version that the entry does not have is not stored: Redis lost it after it was read, as at a failover.
--
-- KEYS  1  the entry, a hash
-- ARGV  1  the destination
--       2  the version that it holds now
--       3  `1` when it is written to people, `s` when it holds a state of the number, else `0`
--       4  the cio_ids it was written to, separated by spaces
--       5  the cio_ids that were stored when the entry was read, `-` for none: when others are stored by now, somebody has to be
--          written to again
-- Returns 1 when the destination does not hold the applied version, or not for everybody, else 0.

local entry, name, version, hasPeople = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local holdsState = hasPeople or ARGV[3] == 's'
local head = redis.call('HMGET', entry, 'a', 'a:' .. name, 'p:' .. name, 'v')
local applied, present = tonumber(head[1] or 0), tonumber(head[2] or 0)
if version > tonumber(head[4] or 0) then return applied > present and 1 or 0 end
if not holdsState then version = math.max(version, present) end
redis.call('HSET', entry, 'a:' .. name, version)
local isBehind = applied > version
if hasPeople and (head[3] or '-') == ARGV[5] then
  redis.call('HSET', entry, 'p:' .. name, ARGV[4])
elseif hasPeople then
  isBehind = true
end
return isBehind and 1 or 0
