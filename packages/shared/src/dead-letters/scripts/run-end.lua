-- include: run.lua
--
-- Moves a run to its final state: `finished` from `running`, `cancelled` from `running` or `waiting`. A run in another
-- state stays as it is.
--
-- ARGV  1  run
--       2  final state, `finished` or `cancelled`
--       3  now, in ms since 1970
--       4  time to live of the run from now on, in seconds
-- Returns the state of the run afterwards, '' when there is no such run.

local state = redis.call('HGET', RUN, 'state')
if state == 'running' or (state == 'waiting' and ARGV[2] == 'cancelled') then
  state = ARGV[2]
  redis.call('HSET', RUN, 'state', state, 'endedAt', ARGV[3])
  redis.call('SREM', OPEN, run)
  redis.call('EXPIRE', RUN, ARGV[4])
  redis.call('EXPIRE', KEPT, ARGV[4])
end
return state or ''
