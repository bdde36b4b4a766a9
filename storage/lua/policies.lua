-- Policies and relationships. A policy is the hash {version, v1, v2, ...} of a therapist; a relationship is
-- the hash {therapist, client ('' while invited), state}.

-- hs_fetch_policy. KEYS: 1 account (hash), 2 its policy (hash). No ARGV. Answers version and document.
local function fetch_policy(keys, args)
  expect(keys, 2, args, 0)
  if redis.call('HGET', keys[1], 'role') ~= '2' then return {'not_found'} end
  local version = policy_version(keys[2])
  if version == '0' then return {'ok', 0, ''} end
  return {'ok', tonumber(version), redis.call('HGET', keys[2], 'v' .. version) or broken('policy document')}
end

-- hs_apply_policy. KEYS as hs_fetch_policy. ARGV: 1 the version it was made from; 2 document, bytes.
-- Answers the new version.
local function apply_policy(keys, args)
  expect(keys, 2, args, 2)
  if redis.call('HGET', keys[1], 'role') ~= '2' then return {'not_found'} end
  local current = policy_version(keys[2])
  local next_version = decimal(tonumber(args[1]) + 1)
  if current == next_version and redis.call('HGET', keys[2], 'v' .. current) == args[2] then
    return {'ok', tonumber(current)}
  end
  if current ~= args[1] then return {'stale_policy'} end
  redis.call('HSET', keys[2], 'v' .. next_version, args[2], 'version', next_version)
  return {'ok', tonumber(next_version)}
end

-- {id, therapist, client, state, policy version}, or nil.
local function relationship_facts(relationship_prefix, policy_prefix, id)
  local record = redis.call('HMGET', relationship_prefix .. id, 'therapist', 'client', 'state')
  if not record[1] then return nil end
  return {id, record[1], record[2], record[3], tonumber(policy_version(policy_prefix .. record[1]))}
end

-- hs_relationship_facts. KEYS: 1 relationship prefix, 2 policy prefix. ARGV: 1 relationship, hex; 2 asking
-- account, hex; 3 the policy version that the caller knows. Answers the facts and, unless known, the
-- policy's document.
local function facts_for_party(keys, args)
  expect(keys, 2, args, 3)
  local facts = relationship_facts(keys[1], keys[2], args[1])
  if not facts or (facts[2] ~= args[2] and facts[3] ~= args[2]) then return {'not_found'} end
  local version = decimal(facts[5])
  if version == args[3] or version == '0' then return {'ok', facts} end
  return {'ok', facts, redis.call('HGET', keys[2] .. facts[2], 'v' .. version) or broken('policy document')}
end

-- hs_list_relationships. KEYS: 1 account (hash), 2 its relationships (set), 3 relationship prefix, 4 policy
-- prefix. No ARGV. Answers the facts of each, by id.
local function list_relationships(keys, args)
  expect(keys, 4, args, 0)
  if redis.call('EXISTS', keys[1]) == 0 then return {'not_found'} end
  local ids, answer = redis.call('SMEMBERS', keys[2]), {'ok'}
  table.sort(ids)
  for _, id in ipairs(ids) do
    answer[#answer + 1] = relationship_facts(keys[3], keys[4], id) or broken('relationship of an account')
  end
  return answer
end

redis.register_function{function_name = 'hs_fetch_policy', callback = fetch_policy, flags = {'no-writes'}}
redis.register_function('hs_apply_policy', apply_policy)
redis.register_function{function_name = 'hs_relationship_facts', callback = facts_for_party, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_list_relationships', callback = list_relationships, flags = {'no-writes'}}
