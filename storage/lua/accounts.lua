-- Accounts, their device lists, and which gateway serves which device. An account is the hash {role, list,
-- epoch, active, revoked, invite, leaving, cert:<device>}; active and revoked are device ids, '1,2'.

-- hs_device_facts. KEYS: 1 account (hash). ARGV: 1 device. Answers certificate, role, list epoch.
local function device_facts(keys, args)
  expect(keys, 1, args, 1)
  local record = redis.call('HMGET', keys[1], 'active', 'role', 'epoch', 'cert:' .. args[1])
  if not record[1] or not split(record[1])[args[1]] then return {'not_found'} end
  if not record[4] then broken('certificate of an active device') end
  return {'ok', record[4], tonumber(record[2]), tonumber(record[3])}
end

-- hs_fetch_devices. KEYS: 1 target's account (hash), 2 asker's relationships (set), 3 target's
-- relationships (set), 4 relationship prefix. ARGV: 1 asker, hex; 2 target, hex. Answers epoch, list, then
-- device and certificate of each active device.
local function fetch_devices(keys, args)
  expect(keys, 4, args, 2)
  local record = redis.call('HMGET', keys[1], 'epoch', 'list', 'active')
  if not record[1] then return {'not_found'} end
  if args[1] ~= args[2] and not related(keys[2], keys[3], keys[4], kListStates) then return {'not_found'} end
  local answer = {'ok', tonumber(record[1]), record[2]}
  local _, active = split(record[3])
  for _, device in ipairs(active) do
    answer[#answer + 1] = tonumber(device)
    answer[#answer + 1] = redis.call('HGET', keys[1], 'cert:' .. device) or broken('certificate of an active device')
  end
  return answer
end

-- Whether every device may be in the list it is offered in; `certs` are the offered certificates.
local function is_lawful_list(was_active, was_revoked, active, revoked, certs)
  for device in pairs(active) do
    if was_revoked[device] or revoked[device] then return false end
    if not was_active[device] and not certs[device] then return false end
  end
  for device in pairs(was_active) do
    if not active[device] and not revoked[device] then return false end
  end
  for device in pairs(was_revoked) do
    if not revoked[device] then return false end
  end
  for device in pairs(certs) do
    if not active[device] or was_active[device] then return false end
  end
  return true
end

-- What a revoked device leaves behind. `base` is the index before its ten keys, named at
-- hs_replace_device_list.
local function drop_device(keys, base, name)
  for _, sub_queue in ipairs(redis.call('HKEYS', keys[base + 8])) do
    redis.call('UNLINK', keys[base + 10] .. sub_queue)
    redis.call('ZREM', keys[3], name .. ':' .. sub_queue)
  end
  for i = base + 1, base + 9 do redis.call('UNLINK', keys[i]) end
end

-- The messages for `account` of which a copy lies on one of `devices`; message.gone are the boxes that go, and
-- message.returned says that nothing is left then.
local function messages_on(names, account, devices)
  local seen, messages = {}, {}
  for device in pairs(devices) do
    for _, sub_queue in ipairs(redis.call('HKEYS', names.queues .. account .. ':' .. device)) do
      local relationship, lane = string.match(sub_queue, '^(%x+):(%a+):peer$')
      if relationship and not seen[sub_queue] then
        seen[sub_queue] = true
        local sender = peer_of(names, relationship, account)
        for _, message in ipairs(waiting_messages(names, relationship, lane, account, sender)) do
          message.gone = {}
          for _, copy in ipairs(message.copies) do
            if devices[copy.box.device] then message.gone[copy.box] = true end
          end
          message.returned = leaves_nothing(message, message.gone)
          if next(message.gone) then messages[#messages + 1] = message end
        end
      end
    end
  end
  return messages
end

-- hs_replace_device_list. KEYS: 1 account (hash), 2 connected devices of the account (hash), 3 what may expire
-- (sorted set), then the six of names_at(); then ten for each device in ARGV 4, in its order: prekey set (string),
-- one-time keys (hash), free ones (list), requests (hash), sent (hash), sent order (list), promises (hash),
-- sub-queues (hash), waiting (set), start of the names of its queues.
-- ARGV: 1 signed list, bytes; 2 its epoch; 3 active devices, '1,2'; 4 every revoked device, '3'; 5 account, hex;
-- nine of form_at(); then for each new active device: id, certificate. A message of which the last copy goes with
-- a device, and that no device has collected, goes back to its sender; this is not refused for want of room.
-- Answers device and place (32 bytes) of each session cut off.
local function replace_device_list(keys, args)
  local fixed, head = 5 + kFormArgs, 3 + kMessageNames
  local active, _ = split(args[3])
  local revoked, revoked_order = split(args[4])
  if #args < fixed or (#args - fixed) % 2 ~= 0 or #keys ~= head + 10 * #revoked_order then
    broken('hs_replace_device_list: counts')
  end
  local record = redis.call('HMGET', keys[1], 'epoch', 'active', 'revoked', 'list')
  if not record[1] then return {'not_found'} end
  if args[2] == record[1] and args[1] == record[4] then return {'ok'} end
  if tonumber(args[2]) ~= tonumber(record[1]) + 1 then return {'stale_list'} end
  local certs, going = {}, {}
  for i = fixed + 1, #args, 2 do certs[args[i]] = args[i + 1] end
  local was_active, was_revoked = split(record[2]), split(record[3])
  if not is_lawful_list(was_active, was_revoked, active, revoked, certs) then return {'invalid'} end
  local names, form, notices, answer = names_at(keys, 3), form_at(args, 5), {}, {'ok'}
  for _, device in ipairs(revoked_order) do
    if not was_revoked[device] then going[device] = true end
    local place = redis.call('HGET', keys[2], device)
    if place then
      answer[#answer + 1] = tonumber(device)
      answer[#answer + 1] = place
    end
  end
  local messages = messages_on(names, args[5], going)
  for _, message in ipairs(messages) do
    if message.returned then tell_sender(notices, form, message) end
  end
  local plan = plan_notices(names.notices, notices, true)
  redis.call('HSET', keys[1], 'list', args[1], 'epoch', args[2], 'active', args[3], 'revoked', args[4])
  for device, cert in pairs(certs) do redis.call('HSET', keys[1], 'cert:' .. device, cert) end
  for _, message in ipairs(messages) do remove_copies(message, message.gone, false, message.returned and 'b') end
  for i, device in ipairs(revoked_order) do
    if going[device] then
      redis.call('HDEL', keys[1], 'cert:' .. device)
      redis.call('HDEL', keys[2], device)
      redis.call('HDEL', names.notices .. args[5], 'c' .. device)
      drop_device(keys, head + 10 * (i - 1), args[5] .. ':' .. device)
    end
  end
  write_notices(plan, now_ms())
  return answer
end

-- hs_list_accounts. KEYS: 1 accounts of the practice (set), 2 account prefix, 3 policy prefix. No ARGV. Answers
-- account, role, policy version and leaving (1) or not (0) of each, by id.
local function list_accounts(keys, args)
  expect(keys, 3, args, 0)
  local ids, answer = redis.call('SMEMBERS', keys[1]), {'ok'}
  table.sort(ids)
  for _, id in ipairs(ids) do
    local record = redis.call('HMGET', keys[2] .. id, 'role', 'leaving')
    answer[#answer + 1] = {id, tonumber(record[1]), tonumber(policy_version(keys[3] .. id)), record[2] and 1 or 0}
  end
  return answer
end

-- hs_connect. KEYS: 1 account (hash), 2 connected devices of the account (hash). ARGV: 1 device; 2 gateway,
-- 16 bytes; 3 session, 16 bytes. Answers the place (gateway and session, 32 bytes) displaced, if another.
local function connect(keys, args)
  expect(keys, 2, args, 3)
  local active = redis.call('HGET', keys[1], 'active')
  if not active or not split(active)[args[1]] then return {'not_found'} end
  local place = args[2] .. args[3]
  local before = redis.call('HGET', keys[2], args[1])
  redis.call('HSET', keys[2], args[1], place)
  if before and before ~= place then return {'ok', before} end
  return {'ok'}
end

-- hs_disconnect. KEYS: 1 connected devices of the account (hash). ARGV: 1 device; 2 session, 16 bytes.
-- Answers 1 when the entry was this session's and is gone.
local function disconnect(keys, args)
  expect(keys, 1, args, 2)
  local place = redis.call('HGET', keys[1], args[1])
  if not place or string.sub(place, 17) ~= args[2] then return {'ok', 0} end
  redis.call('HDEL', keys[1], args[1])
  return {'ok', 1}
end

-- hs_places. KEYS: 1 connected devices of the account (hash). No ARGV. Answers the place (32 bytes) of each.
local function places(keys, args)
  expect(keys, 1, args, 0)
  local answer = redis.call('HVALS', keys[1])
  table.insert(answer, 1, 'ok')
  return answer
end

redis.register_function{function_name = 'hs_device_facts', callback = device_facts, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_fetch_devices', callback = fetch_devices, flags = {'no-writes'}}
-- A lost device is revoked when memory is full, too.
redis.register_function{function_name = 'hs_replace_device_list', callback = replace_device_list, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_list_accounts', callback = list_accounts, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_places', callback = places, flags = {'no-writes'}}
-- Logins go on when memory is full: without them nobody could read and ack.
redis.register_function{function_name = 'hs_connect', callback = connect, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_disconnect', callback = disconnect, flags = {'allow-oom'}}
