-- Policies. A policy is the hash {version, held_count, v1, v2, ...} of its owner.

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

redis.register_function{function_name = 'hs_fetch_policy', callback = fetch_policy, flags = {'no-writes'}}
redis.register_function('hs_apply_policy', apply_policy)
