-- Policies. A policy is the hash {version, held_count, v1, m1, v2, m2, ...} of its owner: documents and what is
-- noted about them. `held_count` counts the messages that were ever accepted as held in its owner's relationships. A proposal is the
-- hash {base, document, meta}: a version that waits for its owner.

-- Therapists have a policy, clients their own hours, and the practice (owner '') a default that binds nobody.
local function may_own_policy(owner_key, owner)
  if owner == '' then return redis.call('EXISTS', owner_key) == 1 end
  local role = redis.call('HGET', owner_key, 'role')
  return role == '2' or role == '3', role
end

-- hs_fetch_policy. KEYS: 1 owner's account or practice (hash), 2 its policy (hash). ARGV: 1 owner, hex or '';
-- 2 version, '' for the newest. Answers version, document, meta; 0 and '' when none was applied.
local function fetch_policy(keys, args)
  expect(keys, 2, args, 2)
  if not may_own_policy(keys[1], args[1]) then return {'not_found'} end
  local version = args[2] == '' and policy_version(keys[2]) or args[2]
  if version == '0' then return {'ok', 0, '', ''} end
  local record = redis.call('HMGET', keys[2], 'v' .. version, 'm' .. version)
  if not record[1] then
    if args[2] ~= '' then return {'not_found'} end
    broken('policy document')
  end
  return {'ok', tonumber(version), record[1], record[2] or ''}
end

-- hs_list_policy_versions. KEYS as hs_fetch_policy. ARGV: 1 owner, hex or ''; 2 before which version, '' for
-- all; 3 at most. Answers version and meta, newest first.
local function list_policy_versions(keys, args)
  expect(keys, 2, args, 3)
  if not may_own_policy(keys[1], args[1]) then return {'not_found'} end
  local newest = tonumber(policy_version(keys[2]))
  if args[2] ~= '' then newest = math.min(newest, tonumber(args[2]) - 1) end
  local answer = {'ok'}
  for version = newest, math.max(1, newest - tonumber(args[3]) + 1), -1 do
    answer[#answer + 1] = version
    answer[#answer + 1] = redis.call('HGET', keys[2], 'm' .. decimal(version)) or ''
  end
  return answer
end

-- hs_apply_policy. KEYS: 1 and 2 as hs_fetch_policy, 3 owner's relationships (set), 4 relationship prefix,
-- 5 proposal to the owner (hash), 6 audit ledger (list), 7 notices prefix. ARGV: 1 owner, hex or ''; 2 the
-- version it was made from; 3 document, bytes; 4 meta, bytes; 5 the held_count on which it was computed, or
-- 'any'; 6 audit record; then notices (see notices_from). Answers the new version. A proposal is done with, taken
-- or not: its base has moved.
local function apply_policy(keys, args)
  if #keys ~= 7 or #args < 6 then broken('hs_apply_policy: counts') end
  local lawful, role = may_own_policy(keys[1], args[1])
  if not lawful then return {'not_found'} end
  local current, now = policy_version(keys[2]), now_ms()
  local next_version = decimal(tonumber(args[2]) + 1)
  if current == next_version and redis.call('HGET', keys[2], 'v' .. current) == args[3] then
    return {'ok', tonumber(current)}
  end
  if current ~= args[2] then return {'stale_policy'} end
  if args[5] ~= 'any' and held_count(keys[2]) ~= args[5] then return {'changed'} end
  local plan = plan_notices(keys[7], notices_from(args, 7))
  if not plan then return {'quota'} end
  local relationships = role == '3' and redis.call('SMEMBERS', keys[3]) or {}
  redis.call('HSET', keys[2], 'v' .. next_version, args[3], 'm' .. next_version, args[4], 'version', next_version)
  for _, id in ipairs(relationships) do redis.call('HSET', keys[4] .. id, 'hours_version', next_version) end
  redis.call('DEL', keys[5])
  write_notices(plan, now)
  append_audit(keys[6], args[6], now)
  return {'ok', tonumber(next_version)}
end

-- hs_propose_policy. KEYS: 1 and 2 as hs_fetch_policy, 3 proposal to the owner (hash), 4 audit ledger (list),
-- 5 notices prefix. ARGV: 1 owner, hex; 2 the version it was made from; 3 document, bytes; 4 meta, bytes; 5 audit
-- record; then notices. A proposal that waits already gives way.
local function propose_policy(keys, args)
  if #keys ~= 5 or #args < 5 then broken('hs_propose_policy: counts') end
  if not may_own_policy(keys[1], args[1]) then return {'not_found'} end
  if policy_version(keys[2]) ~= args[2] then return {'stale_policy'} end
  local waiting = redis.call('HMGET', keys[3], 'base', 'document', 'meta')
  if waiting[1] == args[2] and waiting[2] == args[3] and waiting[3] == args[4] then return {'ok'} end
  local plan, now = plan_notices(keys[5], notices_from(args, 6)), now_ms()
  if not plan then return {'quota'} end
  redis.call('HSET', keys[3], 'base', args[2], 'document', args[3], 'meta', args[4])
  write_notices(plan, now)
  append_audit(keys[4], args[5], now)
  return {'ok'}
end

-- hs_fetch_proposal. KEYS: 1 proposal to the owner (hash). No ARGV. Answers base, document and meta.
local function fetch_proposal(keys, args)
  expect(keys, 1, args, 0)
  local waiting = redis.call('HMGET', keys[1], 'base', 'document', 'meta')
  if not waiting[1] then return {'not_found'} end
  return {'ok', tonumber(waiting[1]), waiting[2], waiting[3]}
end

-- hs_reject_proposal. KEYS: 1 proposal to the owner (hash), 2 audit ledger (list), 3 notices prefix. ARGV:
-- 1 audit record; then notices.
local function reject_proposal(keys, args)
  if #keys ~= 3 or #args < 1 then broken('hs_reject_proposal: counts') end
  if redis.call('EXISTS', keys[1]) == 0 then return {'not_found'} end
  local plan, now = plan_notices(keys[3], notices_from(args, 2)), now_ms()
  if not plan then return {'quota'} end
  redis.call('DEL', keys[1])
  write_notices(plan, now)
  append_audit(keys[2], args[1], now)
  return {'ok'}
end

redis.register_function{function_name = 'hs_fetch_policy', callback = fetch_policy, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_list_policy_versions', callback = list_policy_versions, flags = {'no-writes'}}
redis.register_function('hs_apply_policy', apply_policy)
redis.register_function('hs_propose_policy', propose_policy)
redis.register_function{function_name = 'hs_fetch_proposal', callback = fetch_proposal, flags = {'no-writes'}}
redis.register_function('hs_reject_proposal', reject_proposal)
