-- include: run.lua
--
-- Creates a run in the state `waiting`, unless it exists.
--
-- ARGV  1    run
--       2    createdAt, in ms since 1970
--       3... its other fields: name, value, name, value, ...
-- Returns 1, or 0 when it exists.

if redis.call('EXISTS', RUN) == 1 then return 0 end
redis.call('HSET', RUN, 'state', 'waiting', 'createdAt', ARGV[2], unpack(ARGV, 3))
redis.call('ZADD', base .. ':runs', ARGV[2], run)
redis.call('SADD', OPEN, run)
return 1
