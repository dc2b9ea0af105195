-- Included first by every script of the dead letters.
--
-- KEYS[1] is the base key `<prefix>:{dlq}`. Every other key is built from it; the hash tag puts all of them into one
-- cluster slot.
--
--   :letters            hash, id -> dead letter (JSON)
--   :meta               hash, id -> "<revision> <attempts>\n<set>\n<set>\n...": the revision of the last put, the number
--                       of attempts, and the index sets that hold the id. <attempts> is written for older versions.
--   :claims             hash, id -> the run that is replaying the dead letter
--   :by:<set>           index: sorted set, id by lastFailedAt (ms since 1970). The sets are `all`, `code:<code>`,
--                       `stage:<stage>`, `failure:<stage>:<code>`, `source:<source>`,
--                       `workspace:<name>`, `phone:<hash>`, `messageSid:<sid>`.
--                       Earlier versions also wrote `attempts:<n>` and sets named `<term>+<term>`. Nothing reads those;
--                       unindex removes them with their dead letter, because :meta lists them.
--   :replayed:<id>      string, expires: attempts and firstFailedAt (JSON) of a dead letter that a replay requeued, until
--                       its job succeeds or is dead-lettered again
--   :revision           counter; a put increments it
--   :runs               sorted set, run by createdAt (ms since 1970)
--   :runs:open          set of the runs that are neither finished nor cancelled
--   :run:<run>          hash, the fields of a run (see replay-run.ts), and `cutoff` and `cursor`
--   :run:<run>:claimed  hash, id -> revision at the time of the claim
--   :run:<run>:ended    set, expires: ids whose jobs succeeded before the dead letter was acked
--   :run:<run>:kept     hash, id -> why the dead letter was not replayed

local base = KEYS[1]
local LETTERS, META, CLAIMS = base .. ':letters', base .. ':meta', base .. ':claims'

local function replayedKey(id) return base .. ':replayed:' .. id end

local function indexKey(name) return base .. ':by:' .. name end

-- The revision in a value of :meta; nil for a missing one.
local function revisionOf(meta) return tonumber((meta or ''):match('^(%d+) ')) end

local function unindex(id)
  local meta = redis.call('HGET', META, id)
  if not meta then return end
  for name in meta:gmatch('\n([^\n]+)') do redis.call('ZREM', indexKey(name), id) end
end

local function remove(id)
  unindex(id)
  redis.call('HDEL', LETTERS, id)
  redis.call('HDEL', META, id)
  redis.call('HDEL', CLAIMS, id)
end
