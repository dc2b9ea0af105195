-- What follows from the rows of an entry: which row decides for each sender, the version, and what ends as stale. Works on the locals of
-- record-event.lua: key, history, entry, version, applied, timestamp, superseded, hasNewVersion, isWhole, now, origin, cause, set, unset.

-- Reads the history too. A row of it that is written moves back to the entry.
local function readHistory()
  if isWhole then return end
  isWhole = true
  local archive = readEntry(history)
  for name, value in pairs(archive.fields) do
    if not entry.fields[name] then entry.fields[name] = value end
  end
  for rowSid, row in pairs(archive.rows) do
    if not entry.rows[rowSid] then
      row.inHistory = true
      entry.rows[rowSid] = row
    end
  end
end

local function write(row)
  if row.inHistory then
    row.inHistory = nil
    moveRow(row, entry.fields, history, key, -1)
  else
    set('m:' .. row.sid, formatRow(row))
  end
  local names = {}
  for name in pairs(row.lifts) do names[#names + 1] = name end
  table.sort(names)
  if #names > 0 then
    entry.fields['l:' .. row.sid] = table.concat(names, '\n')
    set('l:' .. row.sid, entry.fields['l:' .. row.sid])
  end
end

local function decidingRow(name)
  local known = entry.senders[name]
  return known and known.sid and entry.rows[known.sid]
end

local function senderNumber(name)
  if not entry.senders[name] then
    local count = string.format('%.0f', tonumber(entry.fields.n or 0) + 1)
    entry.fields.n, entry.senders[name] = count, {number = count}
    set('n', count)
    set('s:' .. name, count)
  end
  return entry.senders[name].number
end

local function pointTo(row, name)
  if row.inHistory then write(row) end
  entry.senders[name].sid = row.sid
  set('s:' .. name, entry.senders[name].number .. ' ' .. row.sid)
end

-- The state over all senders, by each policy: whether any is stopped, and the kind of the latest word.
local function statesNow()
  local isAnyStopped, last = false, nil
  for name in pairs(entry.senders) do
    local row = decidingRow(name)
    if row then
      isAnyStopped = isAnyStopped or row.kind == 'stop'
      if not last or isLater(row, last) then last = row end
    end
  end
  return last and (isAnyStopped and 'stop ' or 'start ') .. last.kind or ''
end

-- Begins a new version of the entry, because of an event of this time. One recorded event makes one version at most.
local function newVersion(occurred)
  if hasNewVersion then return end
  hasNewVersion, version = true, version + 1
  timestamp = math.max(math.floor(occurred / 1000), timestamp + 1)
  local noted = string.format('%.0f %s %s', now, origin, cause .. sid:sub(-8))
  set('v', version)
  set('t', timestamp)
  set('v:' .. version, noted)
end

-- Makes a row the deciding event of a sender, in a new version.
local function decide(row, name)
  newVersion(row.occurredAt)
  row.version, row.outcome = version, 'p'
  pointTo(row, name)
  write(row)
end

-- Whether Twilio's own list had the number before the opt-out, so that nothing is written there for it: see reason-of.ts, and
-- consent-changes.ts of the worker.
local function isReported(row)
  local reason = (entry.fields['w:' .. row.sid] or ''):match('"reason":"([%w_]+)"')
  if reason then return reason == 'blocked_at_twilio' or reason == 'reassigned' end
  return row.source == 'c' or (isBlockedSend(row) and row.source ~= 'm' and row.source ~= 'i')
end

-- Whether an opt-out is the first one of a sender's present one that Twilio did not report. It makes a version, by which it is written to
-- Twilio's list for the other senders of its scope. `rows` are those of the sender, as lastWord leaves them.
local function isFirstUnreported(fresh, rows)
  if isReported(fresh) then return false end
  for i = #rows, 1, -1 do
    local row = rows[i]
    if row.kind == 'start' and row.counts then return true end
    if row.kind == 'stop' and row ~= fresh and not isReported(row) then return false end
  end
  return true
end

-- Whether `next` may replace `present` as the deciding event of a sender without a new version: both are opt-outs, and Customer.io
-- holds that state, or a sync will write it. An opt-out that reached nobody, or waits for an operator, is to be tried again. While
-- another sender is started, a newer opt-out can change the state under the policy `last`.
local function confirms(next, present, name)
  if not present or next.kind ~= 'stop' or present.kind ~= 'stop' then return false end
  if not (present.outcome == 'a' or (present.outcome == 'p' and version > applied)) then return false end
  for other in pairs(entry.senders) do
    local row = other ~= name and decidingRow(other)
    if row and row.kind ~= 'stop' then return false end
  end
  return true
end

-- Makes a row the deciding event of a sender, in the present version. It ends with that version.
local function confirm(row, name)
  row.version, row.outcome = version, version > applied and 'p' or 'a'
  pointTo(row, name)
  write(row)
end

-- Ends the pending rows of a sender that the new version replaces: all that decide for no sender.
local function supersede(name)
  local deciding = {}
  for _, known in pairs(entry.senders) do deciding[known.sid or ''] = true end
  for _, row in pairs(entry.rows) do
    if row.number == entry.senders[name].number and row.outcome == 'p' and not deciding[row.sid] then
      row.outcome = 's'
      write(row)
      superseded[#superseded + 1] = row.sid
      superseded[#superseded + 1] = formatRow(row)
    end
  end
end

-- Returns the first opt-out of a sender's present one where the history is not read: what `lastWord` found in the entry, if an opt-in in
-- the entry separates it from older messages; else the one known before, or a newer message that turns out to be older than it.
local function firstOptOut(found, rows, known, before)
  if isWhole or not before or before.kind == 'start' then return found end
  local newest, first = tonumber(entry.fields.x), before
  if known then
    local knownSid = known:match(' (.+)$')
    first = entry.rows[knownSid] or {sid = knownSid, occurredAt = tonumber(known:match('^%d+'))}
  end
  for _, row in ipairs(rows) do
    if row.counts and row.orderAt > newest then
      if row.kind == 'start' then return found end
      if row.kind == 'stop' and first.kind and isLater(first, row) then first = row end
    end
  end
  return first
end

-- Stores the first opt-out of a sender's present opt-out, where it is not the deciding one.
local function writeSince(name, last, found, rows, before)
  local field = 'o:' .. entry.senders[name].number
  local stored = entry.fields[field]
  local since = last.kind == 'stop' and firstOptOut(found, rows, stored, before) or nil
  if since and since.sid ~= last.sid then
    set(field, string.format('%.0f %s', since.occurredAt, since.sid))
  elseif stored then
    unset(field)
  end
end

-- Lets the set of a sender's rows decide. `fresh` is the row of a message that had no such kind before.
local function redecide(name, fresh)
  local before = decidingRow(name)
  local rows = rowsOfSender(entry, name)
  local last, since = lastWord(rows)
  if not last then
    if before then
      entry.senders[name].sid = nil
      set('s:' .. name, entry.senders[name].number)
    end
    return
  end
  if last ~= before or last == fresh then
    local isRepetition = last == fresh and confirms(last, before ~= last and before or nil, name)
    if isRepetition and not isFirstUnreported(fresh, rows) then
      confirm(last, name)
    elseif last ~= fresh and last.outcome == 'a' and version <= applied and confirms(last, before, name) then
      pointTo(last, name)
    else
      decide(last, name)
      supersede(name)
    end
  end
  writeSince(name, last, since, rows, before)
end

-- Lets all senders decide that a row concerns, its own sender last. `before` is what `statesNow` returned before the row changed: a
-- change of a time alone makes a version where it changes the state.
local function redecideAll(row, fresh, before)
  local own
  for name, known in pairs(entry.senders) do
    if known.number == row.number then own = name elseif row.lifts[name] then redecide(name, fresh) end
  end
  redecide(own, fresh)
  if statesNow() ~= before then newVersion(row.occurredAt) end
end
