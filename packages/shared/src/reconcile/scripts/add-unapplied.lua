-- Adds phones to an index of unapplied entries. A phone that is in it keeps its time, unless a live opt-out comes to one that
-- waits for something else: then the time of the opt-out counts.
--
-- KEYS  1  the index, a sorted set
-- ARGV  score, member, score, member, ...; the score is negative where the phone does not wait for a live opt-out, see
--       unapplied-index.ts

local members, added = {}, {}
for i = 2, #ARGV, 2 do members[#members + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', KEYS[1], unpack(members))
for i, member in ipairs(members) do
  local score, present = ARGV[2 * i - 1], scores[i]
  if not present or (tonumber(present) < 0 and tonumber(score) >= 0) then
    added[#added + 1] = score
    added[#added + 1] = member
  end
end
if #added > 0 then redis.call('ZADD', KEYS[1], unpack(added)) end
return redis.status_reply('OK')
