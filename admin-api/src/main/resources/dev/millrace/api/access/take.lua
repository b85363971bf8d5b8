--[[ take: count one within a window of time that begins with the first.
  KEYS[1] STRING counter of the window; expires with it
  ARGV[1] the most within a window, >= 1
  ARGV[2] length of a window in milliseconds
  Returns 0 when it is within the limit, else the milliseconds until the window ends, >= 1.
]]
local taken = tonumber(redis.call('GET', KEYS[1]) or '0')
if taken >= tonumber(ARGV[1]) then
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then
    return left
  end
  redis.call('DEL', KEYS[1])
end
if redis.call('INCR', KEYS[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
