-- Pairs of people who may not have a relationship: a set of '<account>:<account>', the smaller id first.

local kConflictsMax = 4096

local function pair_of(a, b)
  if a < b then return a .. ':' .. b end
  return b .. ':' .. a
end

-- Whether `account` may join a relationship with `therapist`: they have none that lives, and no conflict.
local function may_pair(conflicts_key, relationships_key, relationship_prefix, therapist, account)
  if redis.call('SISMEMBER', conflicts_key, pair_of(therapist, account)) == 1 then return false end
  for _, id in ipairs(redis.call('SMEMBERS', relationships_key)) do
    local record = redis.call('HMGET', relationship_prefix .. id, 'therapist', 'client', 'state')
    if record[1] == therapist and record[2] == account and kLivingStates[record[3]] then return false end
  end
  return true
end

-- hs_set_conflict. KEYS: 1 conflicts (set), 2 audit ledger (list). ARGV: 1 and 2 the accounts, hex; 3 '1' to
-- list the pair, '0' to strike it; 4 audit record.
local function set_conflict(keys, args)
  expect(keys, 2, args, 4)
  local pair, listed = pair_of(args[1], args[2]), args[3] == '1'
  if (redis.call('SISMEMBER', keys[1], pair) == 1) == listed then return {'ok'} end
  if listed and redis.call('SCARD', keys[1]) >= kConflictsMax then return {'quota'} end
  redis.call(listed and 'SADD' or 'SREM', keys[1], pair)
  append_audit(keys[2], args[4], now_ms())
  return {'ok'}
end

-- hs_list_conflicts. KEYS: 1 conflicts (set). No ARGV. Answers the pairs, in order.
local function list_conflicts(keys, args)
  expect(keys, 1, args, 0)
  local answer = redis.call('SMEMBERS', keys[1])
  table.sort(answer)
  table.insert(answer, 1, 'ok')
  return answer
end

redis.register_function('hs_set_conflict', set_conflict)
redis.register_function{function_name = 'hs_list_conflicts', callback = list_conflicts, flags = {'no-writes'}}
