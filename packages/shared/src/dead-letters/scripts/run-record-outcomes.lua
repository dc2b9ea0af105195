-- include: run.lua
--
-- Counts how jobs, or events of a job, that the run requeued ended. Ignored when the run has expired.
--
-- ARGV  1  run
--       2  time to live of the note that one succeeded, where its dead letter is not acked yet, in seconds
--       3... outcome, such as `recorded` or `stale`, and the dead letter that it was, if it succeeded, else ''; its earlier failures
--            are forgotten; and so on
-- Returns 1.

local counts = {}
for i = 3, #ARGV, 2 do
  local outcome, id = ARGV[i], ARGV[i + 1]
  counts[outcome] = (counts[outcome] or 0) + 1
  if id ~= '' then
    redis.call('DEL', replayedKey(id))
    if redis.call('HEXISTS', CLAIMED, id) == 1 then
      redis.call('SADD', ENDED, id)
      redis.call('EXPIRE', ENDED, ARGV[2])
    end
  end
end
if redis.call('EXISTS', RUN) == 1 then
  for outcome, count in pairs(counts) do redis.call('HINCRBY', RUN, 'outcome:' .. outcome, count) end
end
return 1
