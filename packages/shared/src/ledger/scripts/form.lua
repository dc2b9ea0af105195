-- Refuses an entry in the form of a later release, by its fields: see `f` in ledger-entry.ts.
local function checkForm(fields)
  if tonumber(fields.f or 1) ~= 1 then error('ledger_entry_unreadable: its form has version ' .. fields.f, 0) end
end
