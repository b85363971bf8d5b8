-- The supplier's row, locked until the transaction ends, so that its items are switched by one job at a time: one row, or none.
SELECT 1 FROM millrace.sync_suppliers WHERE id = :supplier FOR NO KEY UPDATE
