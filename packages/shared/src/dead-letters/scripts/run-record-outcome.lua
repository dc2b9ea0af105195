-- include: run.lua
--
-- Counts how a job that the run requeued ended. Ignored when the run has expired.
--
-- ARGV  1  run
--       2  outcome, such as `recorded` or `stale`
--       3  the dead letter that the job was, if the job succeeded, else ''. Its earlier failures are forgotten
--       4  time to live of the note that it succeeded, where the dead letter is not acked yet, in seconds
-- Returns 1.

local id = ARGV[3]
if id ~= '' then
  redis.call('DEL', replayedKey(id))
  if redis.call('HEXISTS', CLAIMED, id) == 1 then
    redis.call('SADD', ENDED, id)
    redis.call('EXPIRE', ENDED, ARGV[4])
  end
end
if redis.call('EXISTS', RUN) == 1 then redis.call('HINCRBY', RUN, 'outcome:' .. ARGV[2], 1) end
return 1
