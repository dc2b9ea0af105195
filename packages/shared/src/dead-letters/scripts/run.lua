-- include: prelude.lua
--
-- Included by the scripts of a replay run. The states of a run and who moves it between them: replay-runs.ts.
--
-- ARGV[1] is the id of the run.

local run = ARGV[1]
local RUN, CLAIMED = base .. ':run:' .. run, base .. ':run:' .. run .. ':claimed'
local ENDED = base .. ':run:' .. run .. ':ended'
local KEPT, OPEN = base .. ':run:' .. run .. ':kept', base .. ':runs:open'

-- Ends this run's claim of a dead letter; a claim of another run stays.
local function releaseClaim(id)
  redis.call('HDEL', CLAIMED, id)
  if redis.call('HGET', CLAIMS, id) == run then redis.call('HDEL', CLAIMS, id) end
end
