-- include: run.lua
--
-- Ends all claims of a run and leaves the dead letters unchanged.
--
-- ARGV  1  run
-- Returns 1.

for _, id in ipairs(redis.call('HKEYS', CLAIMED)) do releaseClaim(id) end
return 1
