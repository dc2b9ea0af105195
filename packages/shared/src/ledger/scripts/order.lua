-- The rule of order: which message of a sender has the last word. The same rule as domain/consent.ts, where its reasons are.
-- A row has: sid, kind (`stop` or `start`), source (its letter), orderAt, occurredAt (ms since 1970), weak (true for YES).

-- The number that a message is ordered by, in ms since 1970: its time. Of a time that is only to the second, which the sources with
-- Twilio's own time may give, an opt-out counts as the last ms and an opt-in as the first.
local function orderNumber(kind, source, at)
  local toTheSecond = (source == 'e' or source == 'b') and at % 1000 == 0
  return kind == 'stop' and toTheSecond and at + 999 or at
end

-- A blocked send is ordered by a time before that of its report.
local function isBlockedSend(row) return row.orderAt < row.occurredAt end

-- Whether `a` comes after `b`: the number, then the opt-out, then the sid.
local function isLater(a, b)
  if a.orderAt ~= b.orderAt then return a.orderAt > b.orderAt end
  if a.kind ~= b.kind then return a.kind == 'stop' end
  return a.sid > b.sid
end

-- Returns the row that decides for a sender, and the row of the first opt-out of the present opt-out, if it is one; and that row without
-- what an opt-in by hand leaves to blocked sends, which a later override may take from them. Depends on the set of rows only. Sorts `rows`, and sets `counts` of each: false for a YES of somebody who was not stopped.
local function lastWord(rows)
  table.sort(rows, function(a, b) return isLater(b, a) end)
  local word, override, since, blocked = nil, nil, nil, {}

  local function restores(row) return override.kind == 'start' and row.occurredAt >= override.orderAt end

  local function deciding()
    if not override or not word then return word or override end
    if isLater(word, override) then return word end
    local best
    for _, row in ipairs(blocked) do
      if restores(row) and not (best and row.occurredAt < best.occurredAt) then best = row end
    end
    return best or override
  end

  for _, row in ipairs(rows) do
    local present = row.weak and deciding()
    row.counts = not row.weak or (present ~= nil and present ~= false and present.kind == 'stop')
    if row.counts then
      if row.source == 'm' then override = row else word = row end
      if row.kind == 'start' and row.source ~= 'm' then blocked = {} end
      if row.kind == 'stop' and isBlockedSend(row) then blocked[#blocked + 1] = row end
      if row.kind == 'start' then since = nil elseif not since then since = row end
    end
  end
  local last = deciding()
  if not last or last.kind ~= 'stop' then return last, nil end
  local ordered = since
  for _, row in ipairs(blocked) do
    if override and restores(row) and (not since or row.occurredAt < since.occurredAt) then since = row end
  end
  return last, since or last, ordered
end
