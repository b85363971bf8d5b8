-- The sheet was synced completely, in this state.
INSERT INTO millrace.sync_sheets (supplier_id, sha256, etag, last_modified, read_as) VALUES (:supplier, :sha256, :etag, :lastModified, :readAs)
ON CONFLICT (supplier_id) DO UPDATE
  SET sha256 = excluded.sha256, etag = excluded.etag, last_modified = excluded.last_modified, read_as = excluded.read_as,
      synced_at = excluded.synced_at
