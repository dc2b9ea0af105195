-- Records events in the ledger entries of their phones, in their order: one message changes an entry once, and the message sent last
-- decides per sender. The fields of the hashes: ledger-entry.ts. The rule of order: order.lua.
--
-- An event that fails, as where its key is of another type, has the error as its reply, and the others are recorded.
--
-- KEYS  1, 3, ..  the entry of each event, a hash
--       2, 4, ..  its history, a hash in the same slot: older messages; see history.lua
-- ARGV  1   history cap: how many events a history stores
--       2   the short id of the build and configuration that records them
--       3   and on, for each event in turn:
--           MessageSid
--           kind: `stop`, `start`, `help` or `review`
--           source, as its code of one letter
--           sender
--           the time to order by, in ms since 1970, before the rule for times to the second
--           occurredAt, in ms since 1970
--           receivedAt, in ms since 1970
--           note (JSON), '' for none
--           `1` for a YES, which counts only for somebody who is stopped
--           senders whose opt-out this START lifts too, one in each line
-- Returns for each event {result, version, applied version, confirms, MessageSid, row, ...}. The result is `recorded`, `applied`,
-- `duplicate`, `stale` or `ignored`. A `duplicate` that is the very delivery which made the row is followed by a space and the row's
-- outcome as its code of one letter. confirms is 1 for an opt-out from a sender that is stopped already while Customer.io holds the
-- present version, else 0. The rows are those of earlier messages that ended as stale by this one.

-- include: entry.lua
-- include: order.lua
-- include: history.lua
-- include: reply.lua

local FIELDS = 10
-- A time further ahead of Redis' clock than this, in ms, is that of a wrong clock. Such a message counts as sent now.
local TRUSTED_AHEAD = 60000
local RANK = {stop = 3, start = 2, help = 1, review = 1}

local cap, origin = tonumber(ARGV[1]), ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- include: record-event.lua

local replies = {}
for n = 1, #KEYS / 2 do
  local first = 3 + (n - 1) * FIELDS
  replies[n] = replyOf(pcall(recordEvent, KEYS[2 * n - 1], KEYS[2 * n], unpack(ARGV, first, first + FIELDS - 1)))
end
return replies
