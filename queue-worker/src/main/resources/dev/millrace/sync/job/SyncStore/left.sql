-- Suppliers that the master sheet named and names no more: disabled with the reason, and as before when it names them again.
UPDATE millrace.sync_suppliers s
   SET enabled = false, disabled_reason = 'not in the master sheet', updated_at = clock_timestamp()
 WHERE s.code IS NOT NULL AND s.enabled IS NOT FALSE AND s.id::text <> ALL (:ids)
