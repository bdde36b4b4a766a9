-- The sub-queues of a device, each '<relationship>:<lane>:<peer|own>'. What others of this library need to know
-- of them. docs/adr/0005-subqueues.md.
--
-- Entries lie in a hash by position (1, 2, ... in the order of acceptance, never given out twice):
-- '<position>' -> envelope, 'm<position>' -> record. Receivers know an entry by its seq: its position less the
-- withdrawn ones below it, so that what was withdrawn leaves no gap behind.
--
-- The state is eight numbers of 8 bytes, a byte of flags and, when there are any, gaps and runs as text: packed,
-- because each acceptance, read and ack unpacks one.
--   last      the last position given out
--   count     entries, and `bytes` of their envelopes
--   first     position of the oldest entry, last + 1 when there is none
--   released  every entry up to here that was accepted as held has been read
--   held      the last position that was accepted as held
--   offset    how many positions below `first` were withdrawn
--   version   of the policy under which the newest entry was accepted
--   flags     1: stands in the practice's list of what may expire; 2: in the device's set of waiting ones
--   gaps      withdrawn positions at or beyond `first`: 'start+length,...', ascending
--   runs      'version@position,...' when the entries were accepted under several versions: from where on which

local kState, kStateSize = '>I8I8I8I8I8I8I8I8B', 65
local kWatched, kWaiting = 1, 2

-- So long after its release an entry waits for its device.
local kCollectMs = 30 * 24 * 3600 * 1000

local function read_queue_state(packed)
  if not packed then
    return {last = 0, count = 0, bytes = 0, first = 1, released = 0, held = 0, offset = 0, version = 0, flags = 0,
      gaps = '', runs = ''}
  end
  if #packed < kStateSize then broken('state of a sub-queue') end
  local last, count, bytes, first, released, held, offset, version, flags = struct.unpack(kState, packed)
  local gaps, runs = '', ''
  if #packed > kStateSize then
    gaps, runs = string.match(packed, '^([%d+,]*):([%d@,]*)$', kStateSize + 1)
    if not gaps then broken('state of a sub-queue') end
  end
  return {last = last, count = count, bytes = bytes, first = first, released = released, held = held,
    offset = offset, version = version, flags = flags, gaps = gaps, runs = runs}
end

local function pack_queue_state(state)
  local packed = struct.pack(kState, state.last, state.count, state.bytes, state.first, state.released, state.held,
    state.offset, state.version, state.flags)
  if state.gaps == '' and state.runs == '' then return packed end
  return packed .. state.gaps .. ':' .. state.runs
end

local function has_flag(state, flag)
  return bit.band(state.flags, flag) ~= 0
end

-- The gaps as {start, length} pairs, ascending.
local function list_gaps(state)
  local gaps = {}
  for start, length in string.gmatch(state.gaps, '(%d+)%+(%d+)') do
    gaps[#gaps + 1] = {tonumber(start), tonumber(length)}
  end
  return gaps
end

local function pack_gaps(gaps)
  local parts = {}
  for i, gap in ipairs(gaps) do parts[i] = decimal(gap[1]) .. '+' .. decimal(gap[2]) end
  return table.concat(parts, ',')
end

local function position_of(state, seq)
  local position = seq + state.offset
  if state.gaps ~= '' then
    for _, gap in ipairs(list_gaps(state)) do
      if gap[1] > position then break end
      position = position + gap[2]
    end
  end
  return position
end

local function seq_of(state, position)
  local seq = position - state.offset
  if state.gaps ~= '' then
    for _, gap in ipairs(list_gaps(state)) do
      if gap[1] > position then break end
      seq = seq - gap[2]
    end
  end
  return seq
end

-- One more withdrawn position, joined to its neighbours: there are at most as many gaps as entries, and one.
local function add_gap(state, position)
  local gaps, merged = list_gaps(state), {}
  gaps[#gaps + 1] = {position, 1}
  table.sort(gaps, function(a, b) return a[1] < b[1] end)
  for _, gap in ipairs(gaps) do
    local before = merged[#merged]
    if before and before[1] + before[2] == gap[1] then
      before[2] = before[2] + gap[2]
    else
      merged[#merged + 1] = gap
    end
  end
  state.gaps = pack_gaps(merged)
end

-- The policy version under which the entry at `position` was accepted.
local function version_at(state, position)
  local found = state.version
  for version, from in string.gmatch(state.runs, '(%d+)@(%d+)') do
    if tonumber(from) > position then break end
    found = tonumber(version)
  end
  return found
end

-- Where entries that were accepted after `version` begin, and which version those have; nil when there are none.
local function first_after_version(state, version)
  if state.version <= version then return nil end
  for later, from in string.gmatch(state.runs, '(%d+)@(%d+)') do
    if tonumber(later) > version then return tonumber(from), tonumber(later) end
  end
  return state.first, state.version
end

-- Every position that has an entry, ascending; reads no envelope.
local function all_positions(queue_key)
  local positions = {}
  for _, field in ipairs(redis.call('HKEYS', queue_key)) do
    local position = tonumber(field)
    if position then positions[#positions + 1] = position end
  end
  table.sort(positions)
  return positions
end

-- Up to `most` positions that have an entry, from `start` on, ascending.
local function positions_from(queue_key, state, start, most)
  local found = {}
  if state.last - state.first + 1 == state.count then
    local from = math.max(start, state.first)
    for position = from, math.min(state.last, from + most - 1) do
      found[#found + 1] = position
    end
    return found
  end
  for _, position in ipairs(all_positions(queue_key)) do
    if position >= start and #found < most then found[#found + 1] = position end
  end
  return found
end

-- What lies wholly below the oldest entry is folded away.
local function settle(state)
  if state.gaps ~= '' then
    local ahead = {}
    for _, gap in ipairs(list_gaps(state)) do
      if gap[1] < state.first then state.offset = state.offset + gap[2] else ahead[#ahead + 1] = gap end
    end
    state.gaps = pack_gaps(ahead)
  end
  if state.runs ~= '' then
    local runs = {}
    for version, from in string.gmatch(state.runs, '(%d+)@(%d+)') do
      if tonumber(from) <= state.first then runs = {} end
      runs[#runs + 1] = version .. '@' .. from
    end
    state.runs = #runs > 1 and table.concat(runs, ',') or ''
  end
end

-- Removes the entries at `positions`, as far as they are there; `state` is brought up to date and not yet
-- written. With `traceless` later entries move up in seq. Answers how many went.
local function remove_entries(queue_key, state, positions, traceless)
  local gone, removed = {}, 0
  for _, position in ipairs(positions) do
    local field = decimal(position)
    local size = redis.call('HSTRLEN', queue_key, field)
    if size > 0 then
      redis.call('HDEL', queue_key, field, 'm' .. field)
      state.count, state.bytes = state.count - 1, state.bytes - size
      gone[position], removed = true, removed + 1
      if traceless then add_gap(state, position) end
    end
  end
  if removed == 0 then return 0 end
  if state.count == 0 then
    state.first = state.last + 1
  elseif gone[state.first] then
    while gone[state.first] do state.first = state.first + 1 end
    if state.last - state.first + 1 ~= state.count then state.first = all_positions(queue_key)[1] end
  end
  settle(state)
  return removed
end

-- The name of an emptied sub-queue stays in the set of waiting ones until somebody looks there.
local function write_queue_state(queues_key, sub_queue, state)
  redis.call('HSET', queues_key, sub_queue, pack_queue_state(state))
end

-- The record of an entry: acceptance and promise (0 for none) in ms, 8 bytes each; 1 when it was accepted as held
-- or 0, 1 byte; message id, 16 bytes; sending device.
local function pack_entry_record(at, promise, held, message, device)
  return struct.pack('>I8I8B', at, promise, held and 1 or 0) .. message .. device
end

local function read_entry_record(record)
  if not record or #record < 34 then broken('record of an entry') end
  local at, promise, held = struct.unpack('>I8I8B', record)
  return {at = at, promise = promise, held = held == 1, message = string.sub(record, 18, 33),
    device = string.sub(record, 34)}
end
