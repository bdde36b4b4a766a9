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

-- A whole number as a decimal; tostring() would turn large ones into 1.7e+14.
local function decimal(number)
  return string.format('%d', number)
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

-- How many messages were ever accepted as held under a policy.
local function held_count(policy_key)
  return redis.call('HGET', policy_key, 'held_count') or '0'
end

-- The states in which a relationship lives: the two see each other's prekeys. They see each other's device lists after an
-- ending, too: what was accepted before it is still opened, and who opens it checks the sender's list.
local kLivingStates = {active = true, paused = true, ending = true}
local kListStates = {active = true, paused = true, ending = true, ended = true}

-- Whether two accounts share a relationship in one of `states`.
local function related(relationships_a, relationships_b, relationship_prefix, states)
  for _, id in ipairs(redis.call('SINTER', relationships_a, relationships_b)) do
    if states[redis.call('HGET', relationship_prefix .. id, 'state')] then return true end
  end
  return false
end

-- Whether `session` (16 bytes) is the newest of the device. A device that was revoked has no entry.
local function is_newest_session(connected_key, device, session)
  local place = redis.call('HGET', connected_key, device)
  return place and string.sub(place, 17) == session
end

-- An id as 16 bytes and as 32 hexadecimal digits.
local function to_hex(bytes)
  return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

local function to_bytes(hex)
  return (string.gsub(hex, '%x%x', function(digits) return string.char(tonumber(digits, 16)) end))
end

-- holdspace_library: which build of the library this is. No KEYS, no ARGV.
redis.register_function{
  function_name = 'holdspace_library',
  callback = function() return {'ok', '@LIBRARY_HASH@'} end,
  flags = {'no-writes'}}
