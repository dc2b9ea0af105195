-- include: run.lua
--
-- Moves a waiting run to `running`; a run in another state stays as it is.
--
-- ARGV  1  run
--       2  now, in ms since 1970
-- Returns the state of the run afterwards, '' when there is no such run.

local state = redis.call('HGET', RUN, 'state')
if state == 'waiting' then
  redis.call('HSET', RUN, 'state', 'running', 'startedAt', ARGV[2])
  state = 'running'
end
return state or ''
