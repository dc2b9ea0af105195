-- Stores what a comparison of a phone found, and removes what it no longer finds. A finding that is known keeps its time.
--
-- KEYS  for each kind: a sorted set of phones by the time they were found at, and a hash of phone -> people (JSON)
-- ARGV  1  the phone, `<channel>:<number>`
--       2  how many phones a set holds at most
--       3  and on, for each kind: the people (JSON), '' for none, `-` to leave it as it is
-- Returns how many findings were left out because their set is full.

local phone, max, omitted = ARGV[1], tonumber(ARGV[2]), 0
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for n = 3, #ARGV do
  local set, people = KEYS[(n - 3) * 2 + 1], KEYS[(n - 3) * 2 + 2]
  if ARGV[n] == '' then
    redis.call('ZREM', set, phone)
    redis.call('HDEL', people, phone)
  elseif ARGV[n] ~= '-' then
    if redis.call('ZSCORE', set, phone) or redis.call('ZCARD', set) < max then
      redis.call('ZADD', set, 'NX', now, phone)
      redis.call('HSET', people, phone, ARGV[n])
    else
      omitted = omitted + 1
    end
  end
end
return omitted
