/**
 * Grants the slots of a rate limit. It spaces requests evenly (GCRA without a burst), so that no window of one second,
 * wherever it starts, contains more grants than the rate. All times are in ms by Redis' clock: workers' clocks may differ.
 *
 * A prompt request gets a slot only when no live request waits for one, and a background request only when neither does; or
 * when it is the turn of its lane: at most one slot in 20 (5 % of the rate), which it takes even while others wait. Requests
 * with a share are further apart among themselves, over all processes.
 *
 *   KEYS[1]  the time at which the next slot is due
 *   KEYS[2]  hash: `live` and `waiting:prompt` until when such a request counts as waiting, `prompt` and `background` the next
 *            turn of that lane, `share:<interval>` when the next request of that share may be sent, `paused` until when no
 *            request may be sent, `pause` for how long that was asked for
 *   ARGV[1]  the interval between two slots
 *   ARGV[2]  `live`, `prompt` or `background`
 *   ARGV[3]  the interval between two requests of the share, or 0
 *
 * No time counts that is further ahead than the present clock can have set it: the clock of Redis' host was ahead then, and has been set back.
 *
 * Returns {1, ms} for a slot that may be used after that time, {0, ms} for a time after which to ask again.
 */
export const ACQUIRE_SLOT = `
local interval, lane, apart = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local function field(name) return tonumber(redis.call('HGET', KEYS[2], name) or 0) end
local due, paused = tonumber(redis.call('GET', KEYS[1]) or 0), field('paused')
-- A grant sets it two intervals ahead at most. Version 0.1.0 has no other place for a pause, of which short ones count.
if due > now + interval * 2 + 10000 then due = now end
if paused > now + field('pause') + 1 then paused = now end
due = math.max(due, paused, now)
local wait = due - now
local ttl = math.ceil(wait + interval * 21 + apart) + 1000
local function at(name)
  local value = field(name)
  return value <= now + ttl and value or 0
end
local function set(name, value)
  redis.call('HSET', KEYS[2], name, string.format('%.3f', value))
  if redis.call('PTTL', KEYS[2]) < ttl then redis.call('PEXPIRE', KEYS[2], ttl) end
end
if lane == 'live' then
  if wait > 0 then
    set('live', due + math.max(interval, 100))
    return {0, math.ceil(wait)}
  end
else
  local share = 'share:' .. ARGV[3]
  local shared = at(share)
  if shared > now then return {0, math.ceil(shared - now)} end
  local turn, first = at(lane), at('live')
  if lane == 'background' then first = math.max(first, at('waiting:prompt')) end
  local function ask_again(ms)
    ms = math.max(1, math.ceil(ms))
    if lane == 'prompt' then set('waiting:prompt', now + ms + math.max(interval, 100)) end
    return {0, ms}
  end
  if turn > now and (wait > 0 or first > now) then return ask_again(math.min(turn, math.max(due, first)) - now) end
  -- On its turn a lane takes the next slot in advance: otherwise those who wait before it would always be first.
  if wait > interval then return ask_again(wait - interval) end
  if wait > 0 and first <= now then return ask_again(wait) end
  set(lane, due + interval * 20)
  if apart > 0 then set(share, due + apart) end
end
redis.call('SET', KEYS[1], string.format('%.3f', due + interval), 'PX', math.ceil(wait + interval) + 1000)
return {1, math.ceil(wait)}
`;

/**
 * KEYS as above, ARGV[1] ms. Postpones the next slot, but never brings it forward. KEYS[1] is set for workers of version 0.1.0, which
 * know no other.
 */
export const PAUSE = `
local time, ms = redis.call('TIME'), tonumber(ARGV[1])
local now = time[1] * 1000 + time[2] / 1000
local resume, ttl = string.format('%.3f', now + ms), math.ceil(ms) + 1000
local function field(name) return tonumber(redis.call('HGET', KEYS[2], name) or 0) end
local paused = field('paused')
if now + ms > paused or paused > now + field('pause') + 1 then
  redis.call('HSET', KEYS[2], 'paused', resume, 'pause', ms)
  if redis.call('PTTL', KEYS[2]) < ttl then redis.call('PEXPIRE', KEYS[2], ttl) end
end
if now + ms > tonumber(redis.call('GET', KEYS[1]) or 0) then redis.call('SET', KEYS[1], resume, 'PX', ttl) end
`;
