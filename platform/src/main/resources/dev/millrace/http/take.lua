--[[ take: take requests of a service from all limits of it, or none.
  KEYS[1..n]   ZSET of each limit: one member for each request of the last window, score the time in ms by Redis's clock
  ARGV[1]      requests to take, at least 1 and at most the smallest limit
  ARGV[2]      the window in ms
  ARGV[3]      a text that no other call has: the start of the members
  ARGV[3+i]    the most requests of limit i within a window
  Returns 0: they are taken; else the ms until the call may succeed. Nothing is written then but the removal of old requests.
]]
local requests = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local wait = 0
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local over = redis.call('ZCARD', key) + requests - tonumber(ARGV[3 + i])
  if over > 0 then
    local last = redis.call('ZRANGE', key, over - 1, over - 1, 'WITHSCORES')
    wait = math.max(wait, tonumber(last[2]) + window - now + 1)
  end
end
if wait > 0 then
  return wait
end
for _, key in ipairs(KEYS) do
  for j = 1, requests do
    redis.call('ZADD', key, now, ARGV[3] .. ':' .. j)
  end
  redis.call('PEXPIRE', key, window + 1000)
end
return 0
