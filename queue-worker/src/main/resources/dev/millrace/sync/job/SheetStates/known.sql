-- The state in which a sheet was last synced completely, if its items depend on nothing else that has changed since: one row, or none.
SELECT sha256, etag, last_modified FROM millrace.sync_sheets WHERE supplier_id = :supplier AND read_as = :readAs
