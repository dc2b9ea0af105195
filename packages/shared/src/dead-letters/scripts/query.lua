-- include: prelude.lua
--
-- A query: included by the scripts that read dead letters by filter. `<query>` in their headers is this list of arguments,
-- which queryArgs() in query-args.ts writes:
--
--   from     earliest lastFailedAt, inclusive, in ms since 1970, or `-inf`
--   to       latest lastFailedAt, inclusive, in ms since 1970, or `+inf`
--   cutoff   highest revision, or '' for any
--   cursor   '' for the start, else a cursor that an earlier call returned
--   limit    how many dead letters may be examined
--   count    how many ids follow
--   id...    the ids to choose from; with none, all dead letters
--   set...   the index sets that must hold a dead letter, at least one. One may be followed, in a line of its own, by the set
--            of another spelling of its phone, whose dead letters are moved to it
--
-- A cursor is "<lastFailedAt>.<id>" of the last dead letter examined, or with ids their number.

-- Members that one ZRANGE reads. Lua's unpack() takes no more than some thousands of values.
local CHUNK = 1000

-- Indexes the dead letters in the set of another spelling of a phone by the canonical one.
local function respell(name, other)
  for _, id in ipairs(redis.call('ZRANGE', indexKey(other), 0, -1)) do
    local sets = redis.call('HGET', META, id) .. '\n'
    local from, to = sets:find('\n' .. other .. '\n', 1, true)
    if from then redis.call('HSET', META, id, (sets:sub(1, from) .. name .. sets:sub(to)):sub(1, -2)) end
    redis.call('ZADD', indexKey(name), redis.call('ZSCORE', indexKey(other), id), id)
    redis.call('ZREM', indexKey(other), id)
  end
end

local function setName(text)
  local name, other = text:match('^(.+)\n(.+)$')
  if name then respell(name, other) end
  return name or text
end

local function readQuery(first)
  local query = {from = ARGV[first], to = ARGV[first + 1], cutoff = tonumber(ARGV[first + 2]),
    cursor = ARGV[first + 3], limit = tonumber(ARGV[first + 4]), ids = {}, sets = {}}
  local count = tonumber(ARGV[first + 5])
  for i = first + 6, #ARGV do
    if i < first + 6 + count then query.ids[#query.ids + 1] = ARGV[i] else query.sets[#query.sets + 1] = setName(ARGV[i]) end
  end
  return query
end

-- The rank of the first member after (score, id), whether or not the set holds that member.
local function rankAfter(key, score, id)
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', key, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', key, middle, middle)[1] <= id then low = middle + 1 else high = middle end
  end
  return low
end

-- The ids that are in every set of the query and within its cutoff, in the given order. Ignores times. `except` is the index
-- of a set that is known to hold all of them.
local function matching(query, ids, except)
  for n, name in ipairs(query.sets) do
    if n ~= except and #ids > 0 then
      local scores, held = redis.call('ZMSCORE', indexKey(name), unpack(ids)), {}
      for i, id in ipairs(ids) do
        if scores[i] then held[#held + 1] = id end
      end
      ids = held
    end
  end
  if not query.cutoff or #ids == 0 then return ids end
  local within = {}
  for i, meta in ipairs(redis.call('HMGET', META, unpack(ids))) do
    local revision = revisionOf(meta)
    if revision and revision <= query.cutoff then within[#within + 1] = ids[i] end
  end
  return within
end

-- The key of the smallest set of the query within its times, and the index of that set.
local function smallestSet(query)
  local smallest, size
  for i, name in ipairs(query.sets) do
    local n = redis.call('ZCOUNT', indexKey(name), query.from, query.to)
    if not size or n < size then smallest, size = i, n end
  end
  return indexKey(query.sets[smallest]), smallest
end

local function walkSets(query, visit)
  local key, walked = smallestSet(query)
  local function cursorAt(id) return redis.call('ZSCORE', key, id) .. '.' .. id end
  local rank
  if query.cursor == '' then
    rank = query.from == '-inf' and 0 or redis.call('ZCOUNT', key, '-inf', '(' .. query.from)
  else
    rank = rankAfter(key, query.cursor:match('^([^.]+)%.(.+)$'))
  end
  local stop = redis.call('ZCOUNT', key, '-inf', query.to)
  local examined, last = 0, nil
  while examined < query.limit do
    if rank >= stop then return '' end
    -- Without scores: formatting them takes longer than the rest of the loop.
    local ids = redis.call('ZRANGE', key, rank, math.min(stop, rank + CHUNK, rank + query.limit - examined) - 1)
    for _, id in ipairs(matching(query, ids, walked)) do
      if visit(id) == false then return cursorAt(id) end
    end
    last, rank, examined = ids[#ids], rank + #ids, examined + #ids
  end
  return last and cursorAt(last) or query.cursor
end

local function walkIds(query, visit)
  local examined = tonumber(query.cursor) or 0
  for i = examined + 1, #query.ids do
    local id = query.ids[i]
    local score = redis.call('ZSCORE', indexKey('all'), id)
    local within = score and (query.from == '-inf' or tonumber(score) >= tonumber(query.from)) and
      (query.to == '+inf' or tonumber(score) <= tonumber(query.to))
    if within and matching(query, {id})[1] and visit(id) == false then return tostring(i) end
  end
  return ''
end

-- Calls visit(id) for each dead letter that meets the query until it returns false: in the order of (lastFailedAt, id), or
-- with ids in their order. Returns the cursor to continue from, '' at the end. visit must not change the index.
local function walk(query, visit)
  if #query.ids > 0 then return walkIds(query, visit) end
  return walkSets(query, visit)
end
