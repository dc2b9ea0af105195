-- include: run.lua
--
-- Ends claims. A dead letter that was requeued is removed, unless it has failed again since the claim; one that cannot be
-- requeued stays. An id that the run has not claimed is ignored, so that a repeated ack changes nothing.
--
-- ARGV  1    run
--       2... id, '' when it was requeued else why it was not, id, ...
-- Returns 1.

for i = 2, #ARGV, 2 do
  local id, skipReason = ARGV[i], ARGV[i + 1]
  local revision = redis.call('HGET', CLAIMED, id)
  if revision then
    releaseClaim(id)
    if skipReason == '' then
      if revisionOf(redis.call('HGET', META, id)) == tonumber(revision) then remove(id) end
      redis.call('HINCRBY', RUN, 'done', 1)
    else
      if redis.call('HLEN', KEPT) < 1000 then redis.call('HSET', KEPT, id, skipReason) end
      -- A run that was cancelled meanwhile expires already; its reasons expire with it.
      local ttl = redis.call('TTL', RUN)
      if ttl > 0 then redis.call('EXPIRE', KEPT, ttl) end
      redis.call('HINCRBY', RUN, 'failed', 1)
    end
  end
end
return 1
