-- Accepting a message: every copy into its device's sub-queue and the duplicate record, or nothing.
-- docs/adr/0005-subqueues.md. A duplicate record is the send hash (32 bytes), the instant of acceptance
-- (15 digits, ms) and the verdict told.

local kDuplicateMs = 65 * 24 * 3600 * 1000
local kTrimmedEachTime = 4
local kFixedKeys, kKeysPerCopy = 8, 5
local kFixedArgs, kArgsPerCopy = 16, 4

-- The copies against the exact device set: every active device of the peer, and the sender's other ones.
-- Answers nil when they match, else the 'mismatch' answer.
local function check_device_set(copies, sender, device, peer, own_record, peer_record)
  local active = {[sender] = split(own_record[1]), [peer] = split(peer_record[1])}
  local revoked = {[sender] = split(own_record[2]), [peer] = split(peer_record[2])}
  active[sender][device] = nil
  local missing, extra, stale, seen = {}, {}, {}, {}
  for _, copy in ipairs(copies) do
    local name = copy.account .. ':' .. copy.device
    local known = active[copy.account]
    if known and known[copy.device] and not seen[name] then
      seen[name] = true
    elseif known and revoked[copy.account][copy.device] then
      stale[#stale + 1] = name
    else
      extra[#extra + 1] = name
    end
  end
  for _, account in ipairs({peer, sender}) do
    for active_device in pairs(active[account]) do
      local name = account .. ':' .. active_device
      if not seen[name] then missing[#missing + 1] = name end
    end
  end
  if #missing + #extra + #stale == 0 then return nil end
  table.sort(missing)
  return {'mismatch', missing, extra, stale, tonumber(peer_record[3]), tonumber(own_record[3])}
end

-- Reads each copy's sub-queue. Answers nil and fills copy.state, or the 'quota' answer.
local function check_quota(copies, entries_max, bytes_max)
  for _, copy in ipairs(copies) do
    copy.state = read_queue_state(redis.call('HGET', copy.queues_key, copy.sub_queue))
    if redis.call('XLEN', copy.stream_key) ~= copy.state.count then broken('length of a sub-queue') end
    if copy.state.count + 1 > entries_max or copy.state.bytes + #copy.envelope > bytes_max then
      return {'quota', copy.state.count}
    end
  end
end

local function append(copy, requester)
  local state = copy.state
  state.last = state.last + 1
  if state.count == 0 then state.first = state.last end
  state.count = state.count + 1
  state.bytes = state.bytes + #copy.envelope
  redis.call('XADD', copy.stream_key, decimal(state.last) .. '-0', 'e', copy.envelope)
  redis.call('HSET', copy.queues_key, copy.sub_queue, pack_queue_state(state))
  redis.call('SADD', copy.waiting_key, copy.sub_queue)
  -- Only the key that this very device has reserved is spent; quoting another burns nothing.
  if copy.one_time_key ~= '' and copy.request then
    local tat, held, at = string.match(copy.request, '^(%d+):(%d*):(%d+)$')
    if held == copy.one_time_key then
      redis.call('HDEL', copy.one_time_keys_key, held)
      redis.call('HSET', copy.requests_key, requester, tat .. '::' .. at)
    end
  end
end

-- Duplicate records that no honest sender can ask for any more. A few each time, so that nobody sweeps.
local function trim_duplicates(sent_key, order_key, now)
  for _ = 1, kTrimmedEachTime do
    local oldest = redis.call('LINDEX', order_key, 0)
    local record = oldest and redis.call('HGET', sent_key, oldest)
    if not oldest or (record and now - tonumber(string.sub(record, 33, 47)) < kDuplicateMs) then return end
    redis.call('LPOP', order_key)
    redis.call('HDEL', sent_key, oldest)
  end
end

-- The copies of a call, with their keys and arguments by name.
local function read_copies(keys, args, sender, sub_queue_start)
  local copies = {}
  for i = 0, (#args - kFixedArgs) / kArgsPerCopy - 1 do
    local k, a = kFixedKeys + kKeysPerCopy * i, kFixedArgs + kArgsPerCopy * i
    local account = args[a + 1]
    copies[#copies + 1] = {
      queues_key = keys[k + 1], waiting_key = keys[k + 2], stream_key = keys[k + 3],
      one_time_keys_key = keys[k + 4], requests_key = keys[k + 5],
      account = account, device = args[a + 2], envelope = args[a + 3], one_time_key = args[a + 4],
      sub_queue = sub_queue_start .. (account == sender and 'own' or 'peer')}
  end
  return copies
end

-- Whether the decision still stands: nil, or the refusal.
local function check_decision(keys, args, relationship, sender, now)
  local peer = relationship[1] == sender and relationship[2] or relationship[1]
  if peer ~= args[4] or relationship[1] ~= args[5] or relationship[3] ~= args[8] then return {'stale'} end
  if policy_version(keys[4]) ~= args[9] then return {'stale'} end
  if now < tonumber(args[10]) or now >= tonumber(args[11]) then return {'stale'} end
end

-- hs_accept. KEYS: 1 sender's account (hash), 2 peer's account (hash), 3 relationship (hash), 4 policy of
-- its therapist (hash), 5 connected devices of the sender (hash), 6 of the peer (hash), 7 sent by the device
-- (hash), 8 sent order (list); then five for each copy: sub-queues of the recipient device (hash), waiting
-- ones (set), the sub-queue (stream), one-time keys (hash), requests (hash).
-- ARGV: 1 sender, hex; 2 sending device; 3 session, 16 bytes; 4 peer, hex; 5 therapist, hex; 6 message id,
-- 16 bytes; 7 send hash, 32 bytes; 8 state; 9 policy version; 10 valid from, ms; 11 valid until, ms,
-- exclusive; 12 verdict, bytes; 13 entries at most; 14 bytes at most; 15 relationship, hex; 16 lane; then
-- four for each copy: account, hex; device; envelope, bytes; id of the quoted one-time key or ''.
-- Answers 'ok', instant, verdict, then seq and gateway ('' or 16 bytes) of each copy; or 'duplicate',
-- instant, verdict; or 'mismatch', missing, extra, stale, peer's epoch, own epoch; or 'quota', entries.
local function accept(keys, args)
  local count = (#args - kFixedArgs) / kArgsPerCopy
  if count < 1 or count % 1 ~= 0 or #keys ~= kFixedKeys + kKeysPerCopy * count then broken('hs_accept: counts') end
  local sender, device, now = args[1], args[2], now_ms()
  if not is_newest_session(keys[1], keys[5], device, args[3]) then return {'displaced'} end
  local relationship = redis.call('HMGET', keys[3], 'therapist', 'client', 'state')
  if relationship[1] ~= sender and relationship[2] ~= sender then return {'not_found'} end
  local before = redis.call('HGET', keys[7], args[6])
  if before then
    if string.sub(before, 1, 32) ~= args[7] then return {'conflict'} end
    return {'duplicate', tonumber(string.sub(before, 33, 47)), string.sub(before, 48)}
  end
  local refusal = check_decision(keys, args, relationship, sender, now)
  if refusal then return refusal end
  local copies = read_copies(keys, args, sender, args[15] .. ':' .. args[16] .. ':')
  local own_record = redis.call('HMGET', keys[1], 'active', 'revoked', 'epoch')
  local peer_record = redis.call('HMGET', keys[2], 'active', 'revoked', 'epoch')
  if not peer_record[1] then broken('account of a party') end
  refusal = check_device_set(copies, sender, device, args[4], own_record, peer_record)
    or check_quota(copies, tonumber(args[13]), tonumber(args[14]))
  if refusal then return refusal end
  local requester = sender .. ':' .. device
  for _, copy in ipairs(copies) do
    if copy.one_time_key ~= '' then copy.request = redis.call('HGET', copy.requests_key, requester) end
    local place = redis.call('HGET', copy.account == sender and keys[5] or keys[6], copy.device)
    copy.gateway = place and string.sub(place, 1, 16) or ''
  end
  local answer = {'ok', now, args[12]}
  for _, copy in ipairs(copies) do
    append(copy, requester)
    answer[#answer + 1] = copy.state.last
    answer[#answer + 1] = copy.gateway
  end
  redis.call('HSET', keys[7], args[6], args[7] .. string.format('%015.0f', now) .. args[12])
  redis.call('RPUSH', keys[8], args[6])
  trim_duplicates(keys[7], keys[8], now)
  return answer
end

redis.register_function('hs_accept', accept)
