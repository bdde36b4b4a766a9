-- Reading and emptying the queue of a device. A sub-queue is named '<relationship>:<lane>:<peer|own>'; its
-- entries are a stream with ids '<seq>-0', its state stands in the hash of the device's sub-queues.

-- hs_pending. KEYS: 1 sub-queues of the device (hash), 2 waiting ones (set), 3 relationship prefix, 4 policy
-- prefix. No ARGV. Answers {sub-queue, count, first seq, facts of the relationship} of each waiting one.
local function pending(keys, args)
  expect(keys, 4, args, 0)
  local answer, facts = {'ok'}, {}
  for _, sub_queue in ipairs(redis.call('SMEMBERS', keys[2])) do
    local state = read_queue_state(redis.call('HGET', keys[1], sub_queue))
    local id = string.sub(sub_queue, 1, 32)
    facts[id] = facts[id] or relationship_facts(keys[3], keys[4], id) or broken('relationship of a sub-queue')
    answer[#answer + 1] = {sub_queue, state.count, state.first, facts[id]}
  end
  return answer
end

-- hs_read. KEYS: 1 account of the device (hash), 2 its connected devices (hash), 3 relationship (hash),
-- 4 policy of its therapist (hash), 5 the sub-queue (stream). ARGV: 1 device; 2 session, 16 bytes; 3 after
-- which seq; 4 entries at most; 5 bytes at most; 6 origin, 'peer' or 'own'; 7 therapist, hex; 8 state;
-- 9 policy version; 10 valid from, ms; 11 valid until, ms, exclusive. Answers seq (as text) and envelope of
-- each entry; 7 to 11 count for origin 'peer' only.
local function read(keys, args)
  expect(keys, 5, args, 11)
  if not is_newest_session(keys[1], keys[2], args[1], args[2]) then return {'displaced'} end
  if args[6] == 'peer' then
    local relationship = redis.call('HMGET', keys[3], 'therapist', 'state')
    if relationship[1] ~= args[7] or relationship[2] ~= args[8] then return {'stale'} end
    if policy_version(keys[4]) ~= args[9] then return {'stale'} end
    local now = now_ms()
    if now < tonumber(args[10]) or now >= tonumber(args[11]) then return {'stale'} end
  end
  local answer, bytes, bytes_max = {'ok'}, 0, tonumber(args[5])
  for _, entry in ipairs(redis.call('XRANGE', keys[5], '(' .. args[3] .. '-0', '+', 'COUNT', args[4])) do
    local envelope = entry[2][2]
    bytes = bytes + #envelope
    if bytes > bytes_max and #answer > 1 then break end
    answer[#answer + 1] = string.match(entry[1], '^(%d+)-0$') or broken('id of an entry')
    answer[#answer + 1] = envelope
  end
  return answer
end

-- The seq of the oldest entry of a stream that has one.
local function first_seq(stream_key)
  local entry = redis.call('XRANGE', stream_key, '-', '+', 'COUNT', 1)[1]
  return tonumber(string.match(entry[1], '^(%d+)'))
end

-- hs_ack. KEYS: 1 sub-queues of the device (hash), 2 waiting ones (set), 3 queue prefix. ARGV: for each
-- entry: sub-queue name, seq. Answers how many were there and are gone.
local function ack(keys, args)
  if #keys ~= 3 or #args < 2 or #args % 2 ~= 0 then broken('hs_ack: counts') end
  local states, removed = {}, 0
  for i = 1, #args, 2 do
    local packed = not states[args[i]] and redis.call('HGET', keys[1], args[i])
    if packed then states[args[i]] = read_queue_state(packed) end
  end
  for i = 1, #args, 2 do
    local state, id = states[args[i]], args[i + 1] .. '-0'
    local entry = state and redis.call('XRANGE', keys[3] .. args[i], id, id)[1]
    if entry then
      redis.call('XDEL', keys[3] .. args[i], id)
      state.count = state.count - 1
      state.bytes = state.bytes - #entry[2][2]
      state.touched = true
      removed = removed + 1
    end
  end
  for sub_queue, state in pairs(states) do
    if state.touched then
      if state.count == 0 then
        state.first = state.last + 1
        redis.call('DEL', keys[3] .. sub_queue)
        redis.call('SREM', keys[2], sub_queue)
      else
        state.first = first_seq(keys[3] .. sub_queue)
      end
      redis.call('HSET', keys[1], sub_queue, pack_queue_state(state))
    end
  end
  return {'ok', removed}
end

redis.register_function{function_name = 'hs_pending', callback = pending, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_read', callback = read, flags = {'no-writes'}}
-- Acks free memory: they run when it is full.
redis.register_function{function_name = 'hs_ack', callback = ack, flags = {'allow-oom'}}
