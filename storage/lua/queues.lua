-- Reading and emptying the queue of a device. How a sub-queue is kept: sub_queues.lua.

-- hs_pending. KEYS: 1 sub-queues of the device (hash), 2 waiting ones (set), 3 relationship prefix, 4 policy
-- prefix. No ARGV. Answers {sub-queue, count, first seq, policy version of the oldest entry, facts of the
-- relationship} of each waiting one; those that were emptied leave the set.
local function pending(keys, args)
  expect(keys, 4, args, 0)
  local answer, facts, empty = {'ok'}, {}, {}
  for _, sub_queue in ipairs(redis.call('SMEMBERS', keys[2])) do
    local state = read_queue_state(redis.call('HGET', keys[1], sub_queue))
    if state.count == 0 then
      empty[sub_queue] = state
    else
      local id = string.sub(sub_queue, 1, 32)
      facts[id] = facts[id] or relationship_facts(keys[3], keys[4], id) or broken('relationship of a sub-queue')
      answer[#answer + 1] = {sub_queue, state.count, decimal(seq_of(state, state.first)),
        version_at(state, state.first), facts[id]}
    end
  end
  for sub_queue, state in pairs(empty) do
    state.flags = state.flags - kWaiting
    redis.call('SREM', keys[2], sub_queue)
    write_queue_state(keys[1], sub_queue, state)
  end
  return answer
end

-- hs_read. KEYS: 1 connected devices of the account (hash), 2 relationship (hash), 3 policy of its therapist
-- (hash), 4 sub-queues of the device (hash), 5 the sub-queue (hash). ARGV: 1 device; 2 session, 16 bytes;
-- 3 after which seq; 4 entries at most; 5 bytes at most; 6 sub-queue name; 7 to 12 validity (see
-- check_validity); 13 the last policy version whose entries are wanted. Answers the version of the entry
-- before which 13 stopped it ('' when it did not), then seq and envelope of each entry. 7 to 13 count for a
-- sub-queue from the peer only.
local function read(keys, args)
  expect(keys, 5, args, 13)
  if not is_newest_session(keys[1], args[1], args[2]) then return {'displaced'} end
  local gated = string.sub(args[6], -5) == ':peer'
  if gated then
    local relationship = redis.call('HMGET', keys[2], 'therapist', 'revision', 'hours_version')
    local stale = check_validity(relationship[1], relationship[2], relationship[3], keys[3], args, 7, now_ms())
    if stale then return stale end
  end
  local packed = redis.call('HGET', keys[4], args[6])
  if not packed then return {'ok', ''} end
  local state = read_queue_state(packed)
  local wanted = positions_from(keys[5], state, position_of(state, tonumber(args[3])) + 1, tonumber(args[4]))
  local barrier, version
  if gated then barrier, version = first_after_version(state, tonumber(args[13])) end
  local fields, stopped = {}, ''
  for _, position in ipairs(wanted) do
    if barrier and position >= barrier then
      stopped = version
      break
    end
    fields[#fields + 1] = decimal(position)
  end
  if #fields == 0 then return {'ok', stopped} end
  local answer, bytes, bytes_max, reached = {'ok', stopped}, 0, tonumber(args[5]), 0
  for i, envelope in ipairs(redis.call('HMGET', keys[5], unpack(fields))) do
    if not envelope then broken('entry of a sub-queue') end
    bytes = bytes + #envelope
    if bytes > bytes_max and i > 1 then
      answer[2] = ''
      break
    end
    reached = wanted[i]
    answer[#answer + 1] = decimal(seq_of(state, reached))
    answer[#answer + 1] = envelope
  end
  local released = math.min(reached, state.held)
  if released > state.released then
    state.released = released
    write_queue_state(keys[4], args[6], state)
  end
  return answer
end

-- hs_ack. KEYS: 1 sub-queues of the device (hash), 2 start of the names of its queues. ARGV: for each entry: sub-queue name, seq. Answers how many were there and are gone.
local function ack(keys, args)
  if #keys ~= 2 or #args < 2 or #args % 2 ~= 0 then broken('hs_ack: counts') end
  local states, positions, removed = {}, {}, 0
  for i = 1, #args, 2 do
    local sub_queue = args[i]
    local packed = not states[sub_queue] and redis.call('HGET', keys[1], sub_queue)
    if packed then states[sub_queue], positions[sub_queue] = read_queue_state(packed), {} end
    if states[sub_queue] then
      table.insert(positions[sub_queue], position_of(states[sub_queue], tonumber(args[i + 1])))
    end
  end
  for sub_queue, state in pairs(states) do
    local count = remove_entries(keys[2] .. sub_queue, state, positions[sub_queue], false)
    if count > 0 then write_queue_state(keys[1], sub_queue, state) end
    removed = removed + count
  end
  return {'ok', removed}
end

-- Reads and acks run when memory is full: they free it.
redis.register_function{function_name = 'hs_pending', callback = pending, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_read', callback = read, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_ack', callback = ack, flags = {'allow-oom'}}
