-- include: run.lua
--
-- Ends claims. A dead letter that was requeued is removed, unless it has failed again since the claim; one that cannot be
-- requeued stays. An id that the run has not claimed is ignored, so that a repeated ack changes nothing.
--
-- ARGV  1    run
--       2    time to live of the earlier failures, in seconds
--       3... id, '' when it was requeued else why it was not, its attempts and firstFailedAt (JSON), id, ...
-- Returns 1.

for i = 3, #ARGV, 3 do
  local id, skipReason, failures = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local revision = redis.call('HGET', CLAIMED, id)
  if revision then
    releaseClaim(id)
    if skipReason == '' then
      if revisionOf(redis.call('HGET', META, id)) == tonumber(revision) then
        remove(id)
        local succeeded = redis.call('SREM', ENDED, id) == 1
        if not succeeded then redis.call('SET', replayedKey(id), failures, 'EX', ARGV[2]) end
      end
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
