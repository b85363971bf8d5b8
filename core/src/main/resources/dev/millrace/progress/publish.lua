--[[ publish: write the progress of a job unless a newer attempt has written already.
  KEYS[1] HASH progress of the job
  ARGV[1] fence; ARGV[2] current; ARGV[3] total; ARGV[4] message; ARGV[5] ISO-8601 time; ARGV[6] life of the key, ms
  Returns 1, or 0 when the fence is stale.
]]
local newest = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if newest > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'current', ARGV[2], 'total', ARGV[3], 'message', ARGV[4], 'at', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
