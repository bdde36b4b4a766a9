-- The audit ledger of a practice: a list of instant (15 digits, ms) and record, oldest first, numbered from 1.
-- It only grows: one record for each change by a person, none for a message that passes. The checkpoint
-- {count, at, head, signature} is the gateway's signed word about the first `count` of them.

-- Written inside the transition that it records. '' is no record.
local function append_audit(audit_key, record, now)
  if record ~= '' then redis.call('RPUSH', audit_key, string.format('%015.0f', now) .. record) end
end

-- hs_fetch_audit. KEYS: 1 ledger (list), 2 checkpoint (hash). ARGV: 1 number of the first; 2 at most. Answers
-- how many there are, the checkpoint {count, instant, head, signature} or {}, then instant and record of each.
local function fetch_audit(keys, args)
  expect(keys, 2, args, 2)
  local from = tonumber(args[1])
  local checkpoint = redis.call('HMGET', keys[2], 'count', 'at', 'head', 'signature')
  local answer = {'ok', redis.call('LLEN', keys[1]),
    checkpoint[1] and {tonumber(checkpoint[1]), tonumber(checkpoint[2]), checkpoint[3], checkpoint[4]} or {}}
  for _, entry in ipairs(redis.call('LRANGE', keys[1], decimal(from - 1), decimal(from + tonumber(args[2]) - 2))) do
    answer[#answer + 1] = tonumber(string.sub(entry, 1, 15))
    answer[#answer + 1] = string.sub(entry, 16)
  end
  return answer
end

-- hs_set_checkpoint. KEYS as hs_fetch_audit. ARGV: 1 count of the checkpoint that it follows, '0' for none;
-- 2 count, beyond 1; 3 instant, ms; 4 head, 32 bytes; 5 signature, 64 bytes.
local function set_checkpoint(keys, args)
  expect(keys, 2, args, 5)
  local before = redis.call('HMGET', keys[2], 'count', 'head')
  if before[1] == args[2] and before[2] == args[4] then return {'ok'} end
  if (before[1] or '0') ~= args[1] then return {'stale'} end
  local count = tonumber(args[2])
  if count <= tonumber(args[1]) or count > redis.call('LLEN', keys[1]) then return {'invalid'} end
  redis.call('HSET', keys[2], 'count', args[2], 'at', args[3], 'head', args[4], 'signature', args[5])
  return {'ok'}
end

redis.register_function{function_name = 'hs_fetch_audit', callback = fetch_audit, flags = {'no-writes'}}
redis.register_function('hs_set_checkpoint', set_checkpoint)
