--[[ pop: take the jobs that rank first over several lanes of one queue.
  KEYS[1..n]     ZSET   ready of each lane
  KEYS[n+1..2n]  STRING behind of each lane
  ARGV[1] the most to take, 1 to 5000
  ARGV[2] low-water mark: a lane with fewer members left and jobs left behind asks for a refill
  Returns { lanes that ask for a refill (1-based) , lane index, [member, score, ...], lane index, [...] ... }
]]
local n = #KEYS / 2
local want = tonumber(ARGV[1])
local low = tonumber(ARGV[2])
local filled = {}
for i = 1, n do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    filled[#filled + 1] = i
  end
end
local answer = { {} }
if #filled == 1 then
  answer[2] = filled[1]
  answer[3] = redis.call('ZPOPMIN', KEYS[filled[1]], want)
elseif #filled > 1 then
  local heads = {}
  for _, i in ipairs(filled) do
    local ranks = redis.call('ZRANGE', KEYS[i], 0, want - 1, 'WITHSCORES')
    for j = 2, #ranks, 2 do
      heads[#heads + 1] = { tonumber(ranks[j]), i }
    end
  end
  table.sort(heads, function(a, b) return a[1] < b[1] end)
  local take = {}
  for j = 1, math.min(want, #heads) do
    local i = heads[j][2]
    take[i] = (take[i] or 0) + 1
  end
  for i, many in pairs(take) do
    answer[#answer + 1] = i
    answer[#answer + 1] = redis.call('ZPOPMIN', KEYS[i], many)
  end
end
for i = 1, n do
  if redis.call('EXISTS', KEYS[n + i]) == 1 and redis.call('ZCARD', KEYS[i]) < low then
    local asks = answer[1]
    asks[#asks + 1] = i
  end
end
return answer
