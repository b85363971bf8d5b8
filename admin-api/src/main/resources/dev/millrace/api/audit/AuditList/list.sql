-- The newest rows that pass the filter, before one of them.
SELECT id::text AS id, at, who, who_type, role, address, request_id, action, target, reason, before::text AS before, after::text AS after,
       outcome, problem
  FROM millrace.audit a
 WHERE (:who::text IS NULL OR who = :who::text)
   AND (:action::text IS NULL OR action = :action::text)
   AND (:target::text IS NULL OR target = :target::text)
   AND (:outcome::text IS NULL OR outcome = :outcome::text)
   AND (:since::timestamptz IS NULL OR at >= :since::timestamptz)
   AND (:until::timestamptz IS NULL OR at < :until::timestamptz)
   AND (:before::bigint IS NULL OR a.id < :before::bigint)
 ORDER BY a.id DESC
 LIMIT :most
