-- Callers with a token of an OpenID Connect issuer are in the audit as oidc:ISSUER SUBJECT.
ALTER TABLE millrace.audit
  DROP CONSTRAINT audit_who_type_check,
  ADD CONSTRAINT audit_who_type_check CHECK (who_type IN ('admin_key', 'api_key', 'oidc', 'user', 'unknown'));
