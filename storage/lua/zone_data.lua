-- By which version of the time-zone database the promises of a practice were computed. A hash of the practice:
-- newest (the highest version that any gateway has come with), complete (the version with which every promise was
-- looked at), strays (how many messages were accepted as held under another version than the newest at the time),
-- walked (strays when `complete` was written), moved (promises moved since). Every promise is by `complete` while
-- complete = newest and walked = strays. Versions compare as strings: '2025b' < '2026a'.

-- A gateway has come with `version`. With the first one the record begins: what was promised before counts as
-- promised by it. '' is a gateway that does not know its own.
local function take_up_version(key, newest, version)
  if not newest and version ~= '' then
    redis.call('HSET', key, 'newest', version, 'complete', version)
  elseif newest and version > newest then
    redis.call('HSET', key, 'newest', version)
  end
end

-- Written inside the acceptance of a held message: its promise is by `version`.
local function note_zone_data(key, version)
  local newest = redis.call('HGET', key, 'newest')
  if newest == version then return end
  take_up_version(key, newest, version)
  if newest then redis.call('HINCRBY', key, 'strays', 1) end
end

-- hs_begin_zone_data. KEYS: 1 zone data (hash). ARGV: 1 version of the asking gateway, which becomes the newest if
-- it is. Answers newest, complete, strays, walked, moved.
local function begin_zone_data(keys, args)
  expect(keys, 1, args, 1)
  take_up_version(keys[1], redis.call('HGET', keys[1], 'newest'), args[1])
  local state = redis.call('HMGET', keys[1], 'newest', 'complete', 'strays', 'walked', 'moved')
  return {'ok', state[1] or '', state[2] or '', tonumber(state[3] or 0), tonumber(state[4] or 0), tonumber(state[5] or 0)}
end

-- The messages of a lane and direction that are held, unread and promised something else than `promises` (accepting
-- version -> ms, 0 for none) says of their version.
local function otherwise_promised(names, relationship, lane, direction, promises)
  local found = {}
  for _, way in ipairs(directions_of(names, relationship)) do
    local waiting = way[3] == direction and waiting_messages(names, relationship, lane, way[2], way[1]) or {}
    for _, message in ipairs(waiting) do
      local promise = promises[message.version]
      if promise and message.held and not message.read and not message.collected and message.promise ~= promise then
        message.promise = promise
        found[#found + 1] = message
      end
    end
  end
  return found
end

-- hs_renew_promises. KEYS: 1 zone data (hash), 2 audit ledger (list), 3 policy of the therapist (hash), then the six of
-- names_at(). ARGV: 1 version of the asking gateway; 2 relationship, hex; 3 lane; 4 direction; 5 to 10 validity (see
-- check_validity); 11 audit record; 12 how many accepting versions; for each: the version and the promise in ms or
-- 'none'; then notices (see notices_from). Answers how many messages have another promise; with 0 nothing was
-- written, the trail neither: another gateway was first.
local function renew_promises(keys, args)
  local count = tonumber(args[12])
  if #keys ~= 3 + kMessageNames or #args < 12 + 2 * count then broken('hs_renew_promises: counts') end
  local names, now, promises = names_at(keys, 3), now_ms(), {}
  if (redis.call('HGET', keys[1], 'newest') or '') ~= args[1] then return {'older'} end
  local record = redis.call('HMGET', names.relationship .. args[2], 'therapist', 'revision', 'hours_version')
  if not record[1] then return {'stale'} end
  local refusal = check_validity(record[1], record[2], record[3], keys[3], args, 5, now)
  if refusal then return refusal end
  for i = 13, 11 + 2 * count, 2 do promises[tonumber(args[i])] = tonumber(args[i + 1]) or 0 end
  local found = otherwise_promised(names, args[2], args[3], args[4], promises)
  if #found == 0 then return {'ok', 0} end
  local plan = plan_notices(names.notices, notices_from(args, 13 + 2 * count))
  if not plan then return {'quota'} end
  for _, message in ipairs(found) do
    local entry = pack_entry_record(message.at, message.promise, true, message.id, message.device)
    for _, copy in ipairs(message.copies) do
      redis.call('HSET', copy.box.queue_key, 'm' .. decimal(copy.position), entry)
    end
  end
  redis.call('HINCRBY', keys[1], 'moved', #found)
  write_notices(plan, now)
  append_audit(keys[2], args[11], now)
  return {'ok', #found}
end

-- hs_complete_zone_data. KEYS: 1 zone data (hash), 2 audit ledger (list). ARGV: 1 version; 2 strays and 3 moved as
-- they were answered when the promises had been looked at; 4 audit record. 'changed' when they are others by now.
-- Answers 1, or 0 when another gateway was first and nothing was written.
local function complete_zone_data(keys, args)
  expect(keys, 2, args, 4)
  local state = redis.call('HMGET', keys[1], 'newest', 'complete', 'strays', 'walked', 'moved')
  if state[1] ~= args[1] then return {'older'} end
  local strays = state[3] or '0'
  if state[2] == args[1] and (state[4] or '0') == strays then return {'ok', 0} end
  if strays ~= args[2] or (state[5] or '0') ~= args[3] then return {'changed'} end
  redis.call('HSET', keys[1], 'complete', args[1], 'walked', strays, 'moved', '0')
  append_audit(keys[2], args[4], now_ms())
  return {'ok', 1}
end

redis.register_function('hs_begin_zone_data', begin_zone_data)
redis.register_function('hs_renew_promises', renew_promises)
redis.register_function('hs_complete_zone_data', complete_zone_data)
