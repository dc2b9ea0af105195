-- include: run.lua
--
-- Reads what the run still has claimed, for the worker that takes over from one that crashed. A dead letter whose revision
-- has changed since the claim has been requeued and has failed again: its claim ends here, and it counts as done.
--
-- ARGV  1  run
-- Returns {id, dead letter (JSON), id, ...}.

local claimed, unchanged = redis.call('HGETALL', CLAIMED), {}
for i = 1, #claimed, 2 do
  local id = claimed[i]
  if revisionOf(redis.call('HGET', META, id)) == tonumber(claimed[i + 1]) then
    unchanged[#unchanged + 1] = id
    unchanged[#unchanged + 1] = redis.call('HGET', LETTERS, id)
  else
    releaseClaim(id)
    redis.call('HINCRBY', RUN, 'done', 1)
  end
end
return unchanged
