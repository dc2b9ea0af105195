-- Reads and writes a ledger entry, a hash. Its fields: ledger-entry.ts.

-- include: form.lua

-- Parses the value of `m:<sid>`.
local function parseRow(sid, value)
  local kind, source, order, occurred, received, version, outcome, number =
    value:match('^(%a+) (%a) (%d+) (%-?%d+) (%-?%d+) (%d+) (%a) (%d+)$')
  order = tonumber(order)
  return {sid = sid, kind = kind, source = source, orderAt = order, occurredAt = order + tonumber(occurred),
    receivedAt = order + tonumber(received), version = tonumber(version), outcome = outcome, number = number}
end

local function formatRow(row)
  return string.format('%s %s %.0f %.0f %.0f %.0f %s %s', row.kind, row.source, row.orderAt,
    row.occurredAt - row.orderAt, row.receivedAt - row.orderAt, row.version, row.outcome, row.number)
end

-- Whether a row takes part in the order of messages.
local function changesConsent(row) return row.kind == 'stop' or row.kind == 'start' end

-- The names in a list with one name in each line, as a set.
local function namesOf(list)
  local names = {}
  for name in (list or ''):gmatch('[^\n]+') do names[name] = true end
  return names
end

-- Reads a hash of an entry: `fields` by their name, `rows` by sid, `senders` by their name with `number` and `sid` (nil where none
-- decides). The latest messages and all deciding ones are in the entry, older ones in its history.
local function readEntry(key)
  local reply, fields, rows, senders = redis.call('HGETALL', key), {}, {}, {}
  for i = 1, #reply, 2 do fields[reply[i]] = reply[i + 1] end
  -- First: its rows may be others.
  checkForm(fields)
  for name, value in pairs(fields) do
    local mark, rest = name:sub(1, 2), name:sub(3)
    if mark == 'm:' then
      local row = parseRow(rest, value)
      row.weak, row.lifts = fields['y:' .. rest] ~= nil, namesOf(fields['l:' .. rest])
      rows[rest] = row
    elseif mark == 's:' then
      local number, sid = value:match('^(%d+) ?(.*)$')
      senders[rest] = {number = number, sid = sid ~= '' and sid or nil}
    end
  end
  return {fields = fields, rows = rows, senders = senders}
end

-- The STOP and START rows that a sender's consent depends on: its own, and the STARTs of its service where it has an opt-out to lift.
local function rowsOfSender(entry, name)
  local sender, rows, lifting = entry.senders[name], {}, {}
  local present = sender.sid and entry.rows[sender.sid]
  local isStopped = present and present.number ~= sender.number
  for _, row in pairs(entry.rows) do
    if changesConsent(row) and row.number == sender.number then
      rows[#rows + 1] = row
      isStopped = isStopped or row.kind == 'stop'
    elseif row.kind == 'start' and row.lifts[name] then
      lifting[#lifting + 1] = row
    end
  end
  for _, row in ipairs(isStopped and lifting or {}) do rows[#rows + 1] = row end
  return rows
end
