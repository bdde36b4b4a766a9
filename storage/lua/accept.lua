-- Accepting a message: every copy into its device's sub-queue and the record of the message, or nothing.
-- docs/adr/0005-subqueues.md.

local kFixedKeys, kKeysPerCopy = 14, 3
local kFixedArgs, kArgsPerCopy = 19, 4

-- Which devices are missing, extra or stale: the 'mismatch' answer.
local function compare_device_set(copies, sender, device, peer, own_record, peer_record)
  local active = {[sender] = split(own_record[1]), [peer] = split(peer_record[1])}
  local revoked = {[sender] = split(own_record[2]), [peer] = split(peer_record[2])}
  active[sender][device] = nil
  local missing, extra, stale, seen = {}, {}, {}, {}
  for _, copy in ipairs(copies) do
    local name, known = copy.account .. ':' .. copy.device, active[copy.account]
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
  table.sort(missing)
  return {'mismatch', missing, extra, stale, tonumber(peer_record[3]), tonumber(own_record[3])}
end

-- The copies against the exact device set: every active device of the peer, and the sender's other ones. Answers
-- nil when they match. Short, because nearly always they do.
local function check_device_set(copies, sender, device, peer, own_record, peer_record)
  local own, others, seen = ',' .. own_record[1] .. ',', ',' .. peer_record[1] .. ',', {}
  for _, copy in ipairs(copies) do
    local name = (copy.own and 'o' or 'p') .. copy.device
    local known = (copy.own or copy.account == peer) and not seen[name] and not (copy.own and copy.device == device)
      and string.find(copy.own and own or others, ',' .. copy.device .. ',', 1, true)
    if not known then return compare_device_set(copies, sender, device, peer, own_record, peer_record) end
    seen[name] = true
  end
  local _, active = string.gsub(own .. others, '%d+', '')
  if #copies == active - 1 then return nil end
  return compare_device_set(copies, sender, device, peer, own_record, peer_record)
end

-- Reads each copy's sub-queue. Answers nil and fills copy.state, or the 'quota' answer.
local function check_quota(copies, entries_max, bytes_max)
  for _, copy in ipairs(copies) do
    local packed = redis.call('HGET', copy.queues_key, copy.sub_queue)
    if not packed and redis.call('EXISTS', copy.queue_key) == 1 then broken('state of a sub-queue') end
    copy.state = read_queue_state(packed)
    if copy.state.count + 1 > entries_max or copy.state.bytes + #copy.envelope > bytes_max then
      return {'quota', copy.state.count}
    end
  end
end

-- The copies of a call, by name.
local function read_copies(keys, args, sender)
  local copies, own_queue, peer_queue = {}, args[17] .. ':own', args[17] .. ':peer'
  for i = 0, (#args - kFixedArgs) / kArgsPerCopy - 1 do
    local k, a = kFixedKeys + kKeysPerCopy * i, kFixedArgs + kArgsPerCopy * i
    local own = args[a + 1] == sender
    copies[#copies + 1] = {
      account = args[a + 1], device = args[a + 2], envelope = args[a + 3], one_time_key = args[a + 4], own = own,
      sub_queue = own and own_queue or peer_queue, queues_key = keys[k + 1], waiting_key = keys[k + 2],
      queue_key = keys[k + 3]}
  end
  return copies
end

-- Whether the decision still stands: nil, or the refusal.
local function check_decision(keys, args, relationship, sender, now)
  local peer = relationship[1] == sender and relationship[2] or relationship[1]
  if peer ~= args[4] then return {'stale'} end
  return check_validity(relationship[1], relationship[3], relationship[4], keys[4], args, 7, now)
end

-- Moves a state on by one entry. `version` is the policy's, `held` whether the gate is shut.
local function take_position(state, envelope, version, held)
  state.last = state.last + 1
  if state.count == 0 then
    state.first, state.version = state.last, version
  elseif state.version ~= version then
    if state.runs == '' then state.runs = decimal(state.version) .. '@' .. decimal(state.first) end
    state.runs = state.runs .. ',' .. decimal(version) .. '@' .. decimal(state.last)
    state.version = version
  end
  state.count = state.count + 1
  state.bytes = state.bytes + #envelope
  if held then state.held = state.last end
end

-- Only the key that this very device has reserved is spent; quoting another burns nothing.
local function spend_one_time_key(keys, copy, requester)
  local tat, held, at = string.match(copy.request, '^(%d+):(%d*):(%d+)$')
  if held == copy.one_time_key then
    local name = copy.account .. ':' .. copy.device
    redis.call('HDEL', keys[11] .. name, held)
    redis.call('HSET', keys[12] .. name, requester, tat .. '::' .. at)
  end
end

-- Every envelope is written before the first state: a failure between them leaves what no state points to.
local function store_copies(keys, copies, requester, record, version, held, now)
  for _, copy in ipairs(copies) do
    take_position(copy.state, copy.envelope, version, held)
    copy.position = decimal(copy.state.last)
    redis.call('HSET', copy.queue_key, copy.position, copy.envelope, 'm' .. copy.position, record)
  end
  for _, copy in ipairs(copies) do
    local state = copy.state
    if not has_flag(state, kWatched) then
      redis.call('ZADD', keys[9], decimal(now + kCollectMs),
        copy.account .. ':' .. copy.device .. ':' .. copy.sub_queue)
    end
    if not has_flag(state, kWaiting) then redis.call('SADD', copy.waiting_key, copy.sub_queue) end
    state.flags = kWatched + kWaiting
    write_queue_state(copy.queues_key, copy.sub_queue, state)
    if copy.request then spend_one_time_key(keys, copy, requester) end
  end
end

-- What a held message leaves besides its copies. Answers 1 when it is the sender's first in this relationship,
-- lane and closed period, which the promise names.
local function note_held(keys, lane_of, version, promise, zone_data, sender_is_therapist, now)
  redis.call('HSET', keys[10], lane_of, version .. ':' .. promise .. ':' .. decimal(now))
  redis.call('HINCRBY', keys[4], 'held_count', 1)
  redis.call('HINCRBY', keys[13], 'held_count', 1)
  note_zone_data(keys[14], zone_data)
  local field = 'period:' .. string.sub(lane_of, 34) .. (sender_is_therapist and ':to_client' or ':to_therapist')
  if redis.call('HGET', keys[3], field) == promise then return 0 end
  redis.call('HSET', keys[3], field, promise)
  return 1
end

-- hs_accept. KEYS: 1 sender's account (hash), 2 peer's account (hash), 3 relationship (hash), 4 policy of
-- its therapist (hash), 5 connected devices of the sender (hash), 6 of the peer (hash), 7 sent by the device
-- (hash), 8 sent order (list), 9 what may expire (sorted set), 10 promises to the device (hash), 11 prefix of
-- one-time keys (hash), 12 of requests (hash), 13 hours of the client (hash), 14 zone data (hash); then three for
-- each copy: sub-queues of the recipient device (hash), waiting ones (set), the sub-queue (hash).
-- ARGV: 1 sender, hex; 2 sending device; 3 session, 16 bytes; 4 peer, hex; 5 message id, 16 bytes; 6 send
-- hash, 32 bytes; 7 to 12 validity (see check_validity); 13 verdict, bytes; 14 entries at most; 15 bytes at
-- most; 16 relationship, 16 bytes; 17 '<relationship>:<lane>'; 18 '' when released at once, else the promise in
-- ms or 'none'; 19 version of the time-zone database by which it was promised; then four for each copy: account,
-- hex; device; envelope, bytes; id of the quoted one-time key or ''.
-- Answers 'ok', instant, verdict, first of its closed period (1) or not (0), then seq and gateway ('' or 16
-- bytes) of each copy; or 'duplicate', instant, verdict; or 'mismatch', missing, extra, stale, peer's epoch,
-- own epoch; or 'quota', entries.
local function accept(keys, args)
  local count = (#args - kFixedArgs) / kArgsPerCopy
  if count < 1 or count % 1 ~= 0 or #keys ~= kFixedKeys + kKeysPerCopy * count then broken('hs_accept: counts') end
  local sender, device, message, now = args[1], args[2], args[5], now_ms()
  if not is_newest_session(keys[5], device, args[3]) then return {'displaced'} end
  local relationship = redis.call('HMGET', keys[3], 'therapist', 'client', 'revision', 'hours_version')
  if relationship[1] ~= sender and relationship[2] ~= sender then return {'not_found'} end
  local before = redis.call('HGET', keys[7], message)
  if before then
    local sent = read_sent(before)
    if sent.hash ~= args[6] then return {'conflict'} end
    return {'duplicate', sent.at, sent.verdict}
  end
  local refusal = check_decision(keys, args, relationship, sender, now)
  if refusal then return refusal end
  local copies = read_copies(keys, args, sender)
  local own_record = redis.call('HMGET', keys[1], 'active', 'revoked', 'epoch')
  local peer_record = redis.call('HMGET', keys[2], 'active', 'revoked', 'epoch')
  if not own_record[1] or not peer_record[1] then broken('account of a party') end
  refusal = check_device_set(copies, sender, device, args[4], own_record, peer_record)
    or check_quota(copies, tonumber(args[14]), tonumber(args[15]))
  if refusal then return refusal end
  local requester = sender .. ':' .. device
  for _, copy in ipairs(copies) do
    if copy.one_time_key ~= '' then
      copy.request = redis.call('HGET', keys[12] .. copy.account .. ':' .. copy.device, requester)
    end
    local place = redis.call('HGET', copy.own and keys[5] or keys[6], copy.device)
    copy.gateway = place and string.sub(place, 1, 16) or ''
  end
  local held, promise = args[18] ~= '', tonumber(args[18]) or 0
  store_copies(keys, copies, requester, pack_entry_record(now, promise, held, message, device), tonumber(args[9]),
    held, now)
  local first = held and note_held(keys, args[17], args[9], args[18], args[19], relationship[1] == sender, now) or 0
  local answer = {'ok', now, args[13], first}
  for _, copy in ipairs(copies) do
    answer[#answer + 1] = seq_of(copy.state, copy.state.last)
    answer[#answer + 1] = copy.gateway
  end
  remember_sent(keys[7], keys[8], message, pack_sent({hash = args[6], at = now, status = held and 'h' or 'r',
    relationship = args[16], lane = string.sub(args[17], 34), copies = copies, verdict = args[13]}), now)
  return answer
end

redis.register_function('hs_accept', accept)
