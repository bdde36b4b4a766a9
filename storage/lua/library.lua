#!lua name=holdspace
-- The store functions of Holdspace: one function for each transition, assembled from storage/lua/*.lua
-- into one library. This file comes first and holds what they share. docs/operations.md, "Redis".
--
-- Rules for all of them: everything is validated before the first write; no step after the first write
-- can fail; the clock is Redis TIME. A function answers an array whose first element is a word: 'ok', or
-- the refusal's name in the C++ enum. A record or call of the wrong shape raises an error, and nothing
-- was written. KEYS named "prefix" are the beginnings of keys whose end (an id in hexadecimal, a
-- sub-queue name) is read from a record; they share the slot.

-- Milliseconds since 1970 UTC by the store's clock.
local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- A whole number as a decimal; tostring() would turn large ones into 1.7e+12.
local function decimal(number)
  return string.format('%.0f', number)
end

local function broken(what)
  error({err = 'CORRUPT holdspace: ' .. what})
end

-- The caller and this library are of different versions when the counts differ.
local function expect(keys, key_count, args, arg_count)
  if #keys ~= key_count or #args ~= arg_count then
    broken('called with ' .. #keys .. ' keys and ' .. #args .. ' arguments')
  end
end

-- '1,2,5' as a set and in order.
local function split(list)
  local set, order = {}, {}
  for part in string.gmatch(list, '[^,]+') do
    set[part] = true
    order[#order + 1] = part
  end
  return set, order
end

-- The current version of a therapist's policy, '0' when none was applied.
local function policy_version(policy_key)
  return redis.call('HGET', policy_key, 'version') or '0'
end

-- Whether two accounts share a relationship that lets them see each other's keys.
local kSeeingStates = {active = true, paused = true, ending = true}
local function related(relationships_a, relationships_b, relationship_prefix)
  for _, id in ipairs(redis.call('SINTER', relationships_a, relationships_b)) do
    if kSeeingStates[redis.call('HGET', relationship_prefix .. id, 'state')] then return true end
  end
  return false
end

-- Whether `session` (16 bytes) is the newest of the active device `device`.
local function is_newest_session(account_key, connected_key, device, session)
  local active = redis.call('HGET', account_key, 'active')
  if not active or not split(active)[device] then return false end
  local place = redis.call('HGET', connected_key, device)
  return place and string.sub(place, 17) == session
end

-- The state of a sub-queue, kept as 'last:count:bytes:first': the last seq given out, the entries and
-- envelope bytes in it, and the seq of the oldest entry (last + 1 when empty).
local function read_queue_state(packed)
  if not packed then return {last = 0, count = 0, bytes = 0, first = 1} end
  local last, count, bytes, first = string.match(packed, '^(%d+):(%d+):(%d+):(%d+)$')
  if not last then broken('state of a sub-queue') end
  return {last = tonumber(last), count = tonumber(count), bytes = tonumber(bytes), first = tonumber(first)}
end

local function pack_queue_state(state)
  return string.format('%.0f:%.0f:%.0f:%.0f', state.last, state.count, state.bytes, state.first)
end

-- holdspace_library: which build of the library this is. No KEYS, no ARGV.
redis.register_function{
  function_name = 'holdspace_library',
  callback = function() return {'ok', '@LIBRARY_HASH@'} end,
  flags = {'no-writes'}}
