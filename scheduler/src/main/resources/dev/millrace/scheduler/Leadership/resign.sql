-- The lease ends now, if it is this node's.
UPDATE millrace.leader SET lease_until = clock_timestamp() WHERE node = :node AND lease_until > clock_timestamp()
