-- Returns the reply to one of several entries from the results of `pcall`: the error, where it failed.
local function replyOf(isDone, reply)
  if isDone then return reply end
  -- Redis 6 raises text, later ones a table.
  return {err = type(reply) == 'table' and reply.err or 'ERR ' .. tostring(reply)}
end
