/*
 * The review list's three steps, each one script on keys of one cluster slot: KEYS are the sorted set of sids, the hash of
 * entries and (not for a page) the sorted set of those looked at.
 */

/** ARGV: sid, receivedAt, entry. Returns 1 when it is new. */
export const ADD = `
local sid = ARGV[1]
if redis.call('ZSCORE', KEYS[3], sid) or redis.call('HSETNX', KEYS[2], sid, ARGV[3]) == 0 then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], sid)
return 1
`;

/** ARGV: sid, now, the time up to which those looked at are forgotten. Returns 1 when it stood in the list. */
export const DONE = `
local sid = ARGV[1]
if redis.call('ZREM', KEYS[1], sid) == 0 then return 0 end
redis.call('HDEL', KEYS[2], sid)
redis.call('ZADD', KEYS[3], ARGV[2], sid)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[3])
return 1
`;

/** ARGV: offset, limit. Returns how many there are in all, and the entries of the page. */
export const PAGE = `
local offset, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local total = redis.call('ZCARD', KEYS[1])
if limit <= 0 then return {total, {}} end
local sids = redis.call('ZRANGE', KEYS[1], offset, offset + limit - 1)
if #sids == 0 then return {total, {}} end
return {total, redis.call('HMGET', KEYS[2], unpack(sids))}
`;
