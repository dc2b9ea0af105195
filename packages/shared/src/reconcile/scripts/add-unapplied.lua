-- Adds phones to an index of unapplied entries. A phone that is in it keeps its time, unless a live opt-out comes to one that
-- waits for something else: then the time of the opt-out counts.
--
-- KEYS  1  the index, a sorted set
-- ARGV  score, member, score, member, ...; the score is negative where the phone does not wait for a live opt-out, see
--       unapplied-index.ts

for i = 1, #ARGV, 2 do
  local score, member = ARGV[i], ARGV[i + 1]
  local present = redis.call('ZSCORE', KEYS[1], member)
  if not present or (tonumber(present) < 0 and tonumber(score) >= 0) then
    redis.call('ZADD', KEYS[1], score, member)
  end
end
return redis.status_reply('OK')
