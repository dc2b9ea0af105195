import { PRELUDE } from './prelude';

/*
 * The steps of a replay run, each one script, hence atomic. The states and who takes which step: replay-runs.ts.
 */

const RUN = `${PRELUDE}
local run = ARGV[1]
local RUN, CLAIMED = base .. ':run:' .. run, base .. ':run:' .. run .. ':claimed'
local KEPT, OPEN = base .. ':run:' .. run .. ':kept', base .. ':runs:open'

-- Gives a letter up to others, unless another run has it.
local function letGo(id)
  redis.call('HDEL', CLAIMED, id)
  if redis.call('HGET', CLAIMS, id) == run then redis.call('HDEL', CLAIMS, id) end
end
`;

/** ARGV: run, createdAt, field, value, field, value, ... */
export const CREATE = `${RUN}
redis.call('HSET', RUN, 'state', 'waiting', 'createdAt', ARGV[2], unpack(ARGV, 3))
redis.call('ZADD', base .. ':runs', ARGV[2], run)
redis.call('SADD', OPEN, run)
return 1
`;

/** ARGV: run, now. The run is at work from now on, if it may be. Returns its state, '' for none. */
export const START = `${RUN}
local state = redis.call('HGET', RUN, 'state')
if state == 'waiting' then
  redis.call('HSET', RUN, 'state', 'running', 'startedAt', ARGV[2])
  state = 'running'
end
return state or ''
`;

/**
 * ARGV: run, most letters, <question>; its cursor and highest revision are the run's own. Claims the next letters that
 * nobody has. Returns {state, '1' while there may be more, id, letter, id, ...}.
 */
export const TAKE = `${RUN}
local limit, asked = tonumber(ARGV[2]), question(3)
local head = redis.call('HMGET', RUN, 'state', 'cursor', 'cutoff')
if head[1] ~= 'running' then return {head[1] or '', '0'} end
if head[2] == 'end' then return {'running', '0'} end
asked.cursor, asked.maxRevision = head[2] or '', tonumber(head[3])
local ids = {}
local cursor = walk(asked, function(id)
  if redis.call('HEXISTS', CLAIMS, id) == 0 then ids[#ids + 1] = id end
  return #ids < limit
end)
redis.call('HSET', RUN, 'cursor', cursor == '' and 'end' or cursor)
local taken = {'running', cursor == '' and '0' or '1'}
for _, id in ipairs(ids) do
  redis.call('HSET', CLAIMS, id, run)
  redis.call('HSET', CLAIMED, id, (metaOf(redis.call('HGET', META, id))))
  taken[#taken + 1] = id
  taken[#taken + 1] = redis.call('HGET', LETTERS, id)
end
return taken
`;

/**
 * ARGV: run. What a worker that died had claimed: letters that are as they were. One that has failed again since was back
 * at work, so it is done. Returns {id, letter, id, ...}.
 */
export const RECLAIM = `${RUN}
local claimed, again = redis.call('HGETALL', CLAIMED), {}
for i = 1, #claimed, 2 do
  local id = claimed[i]
  if metaOf(redis.call('HGET', META, id)) == tonumber(claimed[i + 1]) then
    again[#again + 1] = id
    again[#again + 1] = redis.call('HGET', LETTERS, id)
  else
    letGo(id)
    redis.call('HINCRBY', RUN, 'done', 1)
  end
end
return again
`;

/**
 * ARGV: run, id, '' or why it stays, id, ... A letter that was put back to work goes, unless what it holds has failed again
 * meanwhile; one that was not stays. Whoever does not hold the claim any more changes nothing.
 */
export const SETTLE = `${RUN}
for i = 2, #ARGV, 2 do
  local id, why = ARGV[i], ARGV[i + 1]
  local revision = redis.call('HGET', CLAIMED, id)
  if revision then
    letGo(id)
    if why == '' then
      if metaOf(redis.call('HGET', META, id)) == tonumber(revision) then remove(id) end
      redis.call('HINCRBY', RUN, 'done', 1)
    else
      if redis.call('HLEN', KEPT) < 1000 then redis.call('HSET', KEPT, id, why) end
      -- Of a run that was cancelled meanwhile it is forgotten with the run.
      local ttl = redis.call('TTL', RUN)
      if ttl > 0 then redis.call('EXPIRE', KEPT, ttl) end
      redis.call('HINCRBY', RUN, 'failed', 1)
    end
  end
end
return 1
`;

/** ARGV: run. Gives all its claims up. */
export const RELEASE = `${RUN}
for _, id in ipairs(redis.call('HKEYS', CLAIMED)) do letGo(id) end
return 1
`;

/** ARGV: run, the end: finished or cancelled, now, for how many seconds it is remembered. Returns its state, '' for none. */
export const END = `${RUN}
local state = redis.call('HGET', RUN, 'state')
if state == 'running' or (state == 'waiting' and ARGV[2] == 'cancelled') then
  state = ARGV[2]
  redis.call('HSET', RUN, 'state', state, 'endedAt', ARGV[3])
  redis.call('SREM', OPEN, run)
  redis.call('EXPIRE', RUN, ARGV[4])
  redis.call('EXPIRE', KEPT, ARGV[4])
end
return state or ''
`;

/** ARGV: run, outcome. Counts how something that the run put back to work ended. */
export const TELL = `${RUN}
if redis.call('EXISTS', RUN) == 1 then redis.call('HINCRBY', RUN, 'outcome:' .. ARGV[2], 1) end
return 1
`;
