-- include: run.lua
--
-- Counts how a job that the run requeued ended. Ignored when the run has expired.
--
-- ARGV  1  run
--       2  outcome, such as `recorded` or `stale`
-- Returns 1.

if redis.call('EXISTS', RUN) == 1 then redis.call('HINCRBY', RUN, 'outcome:' .. ARGV[2], 1) end
return 1
