-- Prekeys. One-time keys lie in a hash by id; the ids that nobody has reserved lie in a list, oldest first.
-- What a requesting device has taken lies in the hash "requests": '<account>:<device>' ->
-- 'tat:key id:reserved at', where tat is the instant at which its bucket is full again (ms).

local kOneTimeKeysMax = 100
local kReservationMs = 24 * 3600 * 1000
local kFetchBurst = 6
local kFetchRefillMs = 10 * 60 * 1000

-- hs_publish_prekeys. KEYS: 1 account (hash), 2 prekey set (string), 3 one-time keys (hash), 4 free ones
-- (list). ARGV: 1 device; 2 prekey set, bytes, '' to leave the stored one; then for each key: id, bytes.
-- Answers the number of free ones.
local function publish_prekeys(keys, args)
  if #keys ~= 4 or #args < 2 or #args % 2 ~= 0 then broken('hs_publish_prekeys: counts') end
  local active = redis.call('HGET', keys[1], 'active')
  if not active or not split(active)[args[1]] then return {'not_found'} end
  local free = redis.call('LLEN', keys[4])
  if args[2] ~= '' then redis.call('SET', keys[2], args[2]) end
  for i = 3, #args, 2 do
    if free < kOneTimeKeysMax and redis.call('HSETNX', keys[3], args[i], args[i + 1]) == 1 then
      free = redis.call('RPUSH', keys[4], args[i])
    end
  end
  return {'ok', free}
end

-- hs_prekey_status. KEYS: 1 account (hash), 2 prekey set (string), 3 free one-time keys (list).
-- ARGV: 1 device. Answers the set ('' when none) and the number of free keys.
local function prekey_status(keys, args)
  expect(keys, 3, args, 1)
  local active = redis.call('HGET', keys[1], 'active')
  if not active or not split(active)[args[1]] then return {'not_found'} end
  return {'ok', redis.call('GET', keys[2]) or '', redis.call('LLEN', keys[3])}
end

-- What a request would give: the plan is made, and nothing written. `base` is the index before the
-- device's four keys, named at hs_fetch_prekeys. Also answers how long until the bucket has a token.
local function plan_request(keys, base, requester, now)
  local packed = redis.call('HGET', keys[base + 4], requester) or '0::0'
  local tat, held, reserved_at = string.match(packed, '^(%d+):(%d*):(%d+)$')
  if not tat then broken('request of prekeys') end
  local plan = {base = base, tat = math.max(tonumber(tat), now), key = held, at = tonumber(reserved_at)}
  local wait = plan.tat - now - (kFetchBurst - 1) * kFetchRefillMs
  plan.set = redis.call('GET', keys[base + 1]) or ''
  plan.bytes = held ~= '' and redis.call('HGET', keys[base + 2], held) or nil
  if not plan.bytes or now - plan.at >= kReservationMs then
    plan.lapsed = plan.bytes and held or nil
    plan.key = redis.call('LINDEX', keys[base + 3], 0) or ''
    plan.fresh = plan.key ~= ''
    plan.bytes = plan.fresh and redis.call('HGET', keys[base + 2], plan.key) or ''
    if not plan.bytes then broken('free one-time key') end
    plan.at = now
  end
  return plan, wait
end

local function carry_out_request(keys, plan, requester)
  if plan.lapsed then redis.call('HDEL', keys[plan.base + 2], plan.lapsed) end
  if plan.fresh then redis.call('LPOP', keys[plan.base + 3]) end
  redis.call('HSET', keys[plan.base + 4], requester,
    decimal(plan.tat + kFetchRefillMs) .. ':' .. plan.key .. ':' .. decimal(plan.at))
end

-- hs_fetch_prekeys. KEYS: 1 asker's account (hash), 2 target's account (hash), 3 asker's relationships
-- (set), 4 target's relationships (set), 5 relationship prefix; then four for each device in ARGV: prekey
-- set (string), one-time keys (hash), free ones (list), requests (hash). ARGV: 1 asker, hex; 2 asking
-- device; 3 target, hex; then the target's devices, each once. Answers device, set, key id, key for each.
local function fetch_prekeys(keys, args)
  if #args < 4 or #keys ~= 5 + 4 * (#args - 3) then broken('hs_fetch_prekeys: counts') end
  local asking = redis.call('HGET', keys[1], 'active')
  local active = redis.call('HGET', keys[2], 'active')
  if not active or not asking or not split(asking)[args[2]] then return {'not_found'} end
  if args[1] ~= args[3] and not related(keys[3], keys[4], keys[5], kLivingStates) then return {'not_found'} end
  local now, requester = now_ms(), args[1] .. ':' .. args[2]
  local plans, wait_max = {}, 0
  for i = 4, #args do
    if split(active)[args[i]] then
      local plan, wait = plan_request(keys, 5 + 4 * (i - 4), requester, now)
      plan.device = args[i]
      plans[#plans + 1] = plan
      wait_max = math.max(wait_max, wait)
    end
  end
  if wait_max > 0 then return {'rate_limited', wait_max} end
  local answer = {'ok'}
  for _, plan in ipairs(plans) do
    carry_out_request(keys, plan, requester)
    answer[#answer + 1] = {tonumber(plan.device), plan.set, tonumber(plan.key) or 0, plan.bytes}
  end
  return answer
end

redis.register_function('hs_publish_prekeys', publish_prekeys)
redis.register_function{function_name = 'hs_prekey_status', callback = prekey_status, flags = {'no-writes'}}
redis.register_function('hs_fetch_prekeys', fetch_prekeys)
