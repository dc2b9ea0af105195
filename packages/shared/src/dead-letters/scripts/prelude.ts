/*
 * What all scripts of the dead letters begin with. KEYS[1] is the base `<prefix>:{dlq}`; every key stands under it, in one
 * cluster slot:
 *   :letters           hash, id -> the letter as JSON
 *   :meta              hash, id -> "<revision> <tries>\n<set>\n<set>\n...", the sets it stands in
 *   :claims            hash, id -> the run that replays it just now
 *   :by:<set>          sorted sets of ids by lastFailedAt: `all`, `code:<code>`, `code:<code>+source:<source>`, ...
 *   :revision          counts every filing; a letter's revision is that of its last
 *   :runs, :runs:open  sorted set of runs by when they were made, and the set of those that are not over
 *   :run:<run>         hash, what is known of a run
 *   :run:<run>:claimed hash, id -> revision that it was claimed at
 *   :run:<run>:kept    hash, id -> why the letter stays
 */
export const PRELUDE = `
local base = KEYS[1]
local LETTERS, META, CLAIMS = base .. ':letters', base .. ':meta', base .. ':claims'
local CHUNK = 1000

local function set(name) return base .. ':by:' .. name end

local function metaOf(text)
  local revision, tries = (text or ''):match('^(%d+) (%d+)')
  return tonumber(revision), tonumber(tries)
end

local function unindex(id)
  local meta = redis.call('HGET', META, id)
  if not meta then return end
  for name in meta:gmatch('\\n([^\\n]+)') do redis.call('ZREM', set(name), id) end
end

local function remove(id)
  unindex(id)
  redis.call('HDEL', LETTERS, id)
  redis.call('HDEL', META, id)
  redis.call('HDEL', CLAIMS, id)
end

-- The rank of the first member behind (score, id), whether or not that stands there.
local function rankAfter(key, score, id)
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', key, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', key, middle, middle)[1] <= id then low = middle + 1 else high = middle end
  end
  return low
end

-- What the filter asks for, from the arguments that start at the given one: from, to, minimum of tries, highest revision
-- ('' for any), cursor ('' for the start, else "<score>.<id>"), how many may be looked at, how many ids follow, those ids,
-- and the sets.
local function question(first)
  local asked = {from = ARGV[first], to = ARGV[first + 1], minTries = tonumber(ARGV[first + 2]),
    maxRevision = tonumber(ARGV[first + 3]), cursor = ARGV[first + 4], budget = tonumber(ARGV[first + 5]),
    ids = {}, sets = {}}
  local count = tonumber(ARGV[first + 6])
  for i = first + 7, #ARGV do
    if i < first + 7 + count then asked.ids[#asked.ids + 1] = ARGV[i] else asked.sets[#asked.sets + 1] = ARGV[i] end
  end
  return asked
end

-- Which of these ids meet the question, as far as times go unasked and the set 'except' is known to hold them.
local function meeting(asked, ids, except)
  local good = {}
  for i = 1, #ids do good[i] = true end
  local names = {}
  for i, name in ipairs(asked.sets) do
    if i ~= except then names[#names + 1] = '\\n' .. name .. '\\n' end
  end
  local counts = asked.minTries > 1 or asked.maxRevision
  if #names == 0 and not counts then return good end
  for j, meta in ipairs(redis.call('HMGET', META, unpack(ids))) do
    for _, name in ipairs(names) do good[j] = good[j] and meta and meta:find(name, 1, true) end
    if good[j] and counts then
      local revision, tries = metaOf(meta)
      good[j] = revision and tries >= asked.minTries and (not asked.maxRevision or revision <= asked.maxRevision)
    end
  end
  return good
end

-- Calls visit(id) for each letter that meets the question, in the order of (lastFailedAt, id), until it says false. Returns
-- the cursor to go on from, '' at the end. visit must not change the sets.
local function walkSets(asked, visit)
  local smallest, size
  for i, name in ipairs(asked.sets) do
    local n = redis.call('ZCOUNT', set(name), asked.from, asked.to)
    if not size or n < size then smallest, size = i, n end
  end
  local key, highest = set(asked.sets[smallest]), asked.to == '+inf' and math.huge or tonumber(asked.to)
  local rank
  if asked.cursor == '' then
    rank = asked.from == '-inf' and 0 or redis.call('ZCOUNT', key, '-inf', '(' .. asked.from)
  else
    rank = rankAfter(key, asked.cursor:match('^([^.]+)%.(.+)$'))
  end
  local looked, cursor = 0, asked.cursor
  while looked < asked.budget do
    local rows = redis.call('ZRANGE', key, rank, rank + math.min(CHUNK, asked.budget - looked) - 1, 'WITHSCORES')
    local ids, scores = {}, {}
    for i = 1, #rows, 2 do
      if tonumber(rows[i + 1]) <= highest then
        ids[#ids + 1] = rows[i]
        scores[#scores + 1] = rows[i + 1]
      end
    end
    if #ids == 0 then return '' end
    local good = meeting(asked, ids, smallest)
    for i, id in ipairs(ids) do
      cursor = scores[i] .. '.' .. id
      if good[i] and visit(id) == false then return cursor end
    end
    if #ids * 2 < #rows then return '' end
    rank, looked = rank + #ids, looked + #ids
  end
  return cursor
end

-- The same over ids that are named, in their order; the cursor is how many were looked at.
local function walkIds(asked, visit)
  local done = tonumber(asked.cursor) or 0
  for i = done + 1, #asked.ids do
    local id = asked.ids[i]
    local score = redis.call('ZSCORE', set('all'), id)
    local within = score and (asked.from == '-inf' or tonumber(score) >= tonumber(asked.from)) and
      (asked.to == '+inf' or tonumber(score) <= tonumber(asked.to))
    if within and meeting(asked, {id})[1] and visit(id) == false then return tostring(i) end
  end
  return ''
end

local function walk(asked, visit)
  if #asked.ids > 0 then return walkIds(asked, visit) end
  return walkSets(asked, visit)
end
`;
