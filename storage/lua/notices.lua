-- Notices: what the service tells an account about its own messages and agreements, kept until it knows. A hash
-- of the account: last (id given out last), first (oldest kept), acked (the highest id that any device has
-- acknowledged), c<device> (through which id that device has), o<relationship>:<lane> (the last opening told of), and <id> -> instant (15 digits, ms) and bytes.

local kNoticesMax = 1000
local kNoticeLifeMs = 90 * 24 * 3600 * 1000

-- How many of the oldest notices have outlived their time.
local function count_outlived(key, first, last)
  local until_ms = now_ms() - kNoticeLifeMs
  for id = first, last do
    local notice = redis.call('HGET', key, decimal(id))
    if not notice or tonumber(string.sub(notice, 1, 15)) > until_ms then return id - first end
  end
  return last - first + 1
end

-- Makes room for notices and gives them their ids; writes nothing. `list` has {account, bytes} in their order.
-- Answers the plan for write_notices(), or nil when an account would have more than kNoticesMax of which no
-- device has seen the oldest. With `beyond` there is always room: for what safety demands.
local function plan_notices(prefix, list, beyond)
  local boxes, order = {}, {}
  for _, notice in ipairs(list) do
    local account = notice[1]
    if not boxes[account] then
      local key = prefix .. account
      local state = redis.call('HMGET', key, 'last', 'first', 'acked')
      boxes[account] = {key = key, last = tonumber(state[1] or 0), first = tonumber(state[2] or 1),
        acked = tonumber(state[3] or 0), added = {}}
      order[#order + 1] = boxes[account]
    end
    table.insert(boxes[account].added, notice[2])
  end
  for _, box in ipairs(order) do
    local excess = box.last - box.first + 1 + #box.added - kNoticesMax
    local outlived = count_outlived(box.key, box.first, box.last)
    local seen = math.max(outlived, box.acked - box.first + 1)
    if excess > seen and not beyond then return nil end
    box.dropped = math.max(outlived, math.min(excess, seen))
  end
  return order
end

local function drop_notices(key, first, count)
  for id = first, first + count - 1 do redis.call('HDEL', key, decimal(id)) end
end

local function write_notices(plan, now)
  for _, box in ipairs(plan) do
    drop_notices(box.key, box.first, box.dropped)
    for i, bytes in ipairs(box.added) do
      redis.call('HSET', box.key, decimal(box.last + i), string.format('%015.0f', now) .. bytes)
    end
    redis.call('HSET', box.key, 'last', decimal(box.last + #box.added), 'first', decimal(box.first + box.dropped))
  end
end

-- The notices of a call: pairs of account, hex, and bytes from args[from] on.
local function notices_from(args, from)
  local list = {}
  if (#args - from + 1) % 2 ~= 0 then broken('notices of a call') end
  for i = from, #args, 2 do list[#list + 1] = {args[i], args[i + 1]} end
  return list
end

-- hs_fetch_notices. KEYS: 1 notices of the account (hash). ARGV: 1 device; 2 after which id; 3 at most.
-- Answers id, instant and bytes of each that the device has not acknowledged.
local function fetch_notices(keys, args)
  expect(keys, 1, args, 3)
  local state = redis.call('HMGET', keys[1], 'last', 'first', 'c' .. args[1])
  local last, first = tonumber(state[1] or 0), tonumber(state[2] or 1)
  local from = math.max(first + count_outlived(keys[1], first, last), tonumber(args[2]) + 1, tonumber(state[3] or 0) + 1)
  local answer = {'ok'}
  for id = from, math.min(last, from + tonumber(args[3]) - 1) do
    local notice = redis.call('HGET', keys[1], decimal(id)) or broken('notice')
    answer[#answer + 1] = id
    answer[#answer + 1] = tonumber(string.sub(notice, 1, 15))
    answer[#answer + 1] = string.sub(notice, 16)
  end
  return answer
end

-- hs_ack_notices. KEYS: 1 account (hash), 2 its notices (hash). ARGV: 1 device; 2 through which id. What every
-- active device has acknowledged goes.
local function ack_notices(keys, args)
  expect(keys, 2, args, 2)
  local active = redis.call('HGET', keys[1], 'active')
  if not active or not split(active)[args[1]] then return {'not_found'} end
  local state = redis.call('HMGET', keys[2], 'last', 'first', 'acked', 'c' .. args[1])
  local last, first = tonumber(state[1] or 0), tonumber(state[2] or 1)
  local through = math.min(tonumber(args[2]), last)
  if through <= tonumber(state[4] or 0) then return {'ok'} end
  local everybody = through
  for device in pairs(split(active)) do
    if device ~= args[1] then
      everybody = math.min(everybody, tonumber(redis.call('HGET', keys[2], 'c' .. device) or 0))
    end
  end
  local gone = math.max(0, everybody - first + 1)
  redis.call('HSET', keys[2], 'c' .. args[1], decimal(through),
    'acked', decimal(math.max(through, tonumber(state[3] or 0))), 'first', decimal(first + gone))
  drop_notices(keys[2], first, gone)
  return {'ok'}
end

redis.register_function{function_name = 'hs_fetch_notices', callback = fetch_notices, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_ack_notices', callback = ack_notices, flags = {'allow-oom'}}
