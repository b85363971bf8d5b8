--[[ endSync: release the lock of a master sync that has ended, if it still holds it.
  KEYS[1] STRING lock; KEYS[2] STRING status; KEYS[3] STRING progress
  ARGV[1] task id; ARGV[2] idle status, JSON; ARGV[3] last progress, JSON; ARGV[4] life of the progress, ms; ARGV[5] life of the status, ms
  Returns 1, or 0 when the lock has another holder or none.
]]
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[5])
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
return 1
