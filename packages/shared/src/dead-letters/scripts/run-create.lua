-- include: run.lua
--
-- Creates a run in the state `waiting`.
--
-- ARGV  1    run
--       2    createdAt, in ms since 1970
--       3... its other fields: name, value, name, value, ...
-- Returns 1.

redis.call('HSET', RUN, 'state', 'waiting', 'createdAt', ARGV[2], unpack(ARGV, 3))
redis.call('ZADD', base .. ':runs', ARGV[2], run)
redis.call('SADD', OPEN, run)
return 1
