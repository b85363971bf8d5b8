-- Who may call the API: users with their sessions, and keys of machines. What was asked of it, by whom, and with what outcome.

CREATE TABLE millrace.users (
  name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{0,99}$'),
  role          text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  -- Argon2id with its parameters and salt, as the PHC string format writes it.
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$v=19$%'),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A disabled user has no sessions and gets none.
  disabled_at   timestamptz
);

-- Rows are deleted when a session ends; those that time out are pruned.
CREATE TABLE millrace.sessions (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- SHA-256 of the cookie's 256 random bits.
  token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  user_name    text NOT NULL REFERENCES millrace.users ON DELETE CASCADE,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Exact to a minute.
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz NOT NULL,
  address      text NOT NULL CHECK (length(address) <= 100),
  agent        text CHECK (length(agent) <= 200)
);
CREATE INDEX sessions_of_user ON millrace.sessions (user_name);
CREATE INDEX sessions_by_end ON millrace.sessions (expires_at);

-- Rows are deleted when they are used; those that were not go with the next one that is made.
CREATE TABLE millrace.sign_in_links (
  -- SHA-256 of the link's 256 random bits.
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  user_name  text NOT NULL REFERENCES millrace.users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_links_of_user ON millrace.sign_in_links (user_name);

CREATE TABLE millrace.api_keys (
  id           text PRIMARY KEY CHECK (id ~ '^[a-z0-9]{12}$'),
  -- SHA-256 of 256 random bits.
  secret_hash  bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  -- The key may do what its role may and one of these scopes contains.
  scopes       text[] NOT NULL CHECK (scopes <@ '{read,operate,admin,enqueue}' AND cardinality(scopes) > 0),
  -- What it may enqueue; null: any.
  kinds        text[] CHECK (cardinality(kinds) > 0 AND array_position(kinds, NULL) IS NULL),
  queues       text[] CHECK (cardinality(queues) > 0 AND array_position(queues, NULL) IS NULL),
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz,
  -- Exact to a minute.
  last_used_at timestamptz,
  revoked_at   timestamptz
);
-- The audit names a key by its name.
CREATE UNIQUE INDEX api_keys_by_name ON millrace.api_keys (name) WHERE revoked_at IS NULL;

-- One row for each command and each refusal, in the transaction of the command's effect.
CREATE TABLE millrace.audit (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  who        text NOT NULL CHECK (length(who) <= 200),
  who_type   text NOT NULL CHECK (who_type IN ('admin_key', 'api_key', 'user', 'unknown')),
  role       text,
  address    text NOT NULL CHECK (length(address) <= 100),
  request_id text NOT NULL CHECK (length(request_id) <= 100),
  action     text NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
  target     text NOT NULL CHECK (length(target) <= 500),
  reason     text CHECK (length(reason) BETWEEN 1 AND 2000),
  before     jsonb,
  after      jsonb,
  outcome    text NOT NULL CHECK (outcome IN ('allowed', 'refused')),
  -- Of a refusal: the code of the problem that was answered.
  problem    text,
  CHECK ((problem IS NULL) = (outcome = 'allowed'))
);
CREATE INDEX audit_by_who ON millrace.audit (who, id);
CREATE INDEX audit_by_age ON millrace.audit (at);

-- Rows are neither changed nor deleted before they are 30 days old.
CREATE FUNCTION millrace.keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '30 days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'millrace.audit is append-only: % is refused for rows of the last 30 days', TG_OP USING ERRCODE = '42501';
END $$;
REVOKE ALL ON FUNCTION millrace.keep_audit FROM PUBLIC;
CREATE TRIGGER keep_audit_rows BEFORE UPDATE OR DELETE ON millrace.audit FOR EACH ROW EXECUTE FUNCTION millrace.keep_audit();
CREATE TRIGGER keep_audit_table BEFORE TRUNCATE ON millrace.audit FOR EACH STATEMENT EXECUTE FUNCTION millrace.keep_audit();
-- The owner can give itself these rights again; a mistaken statement of the platform cannot.
REVOKE UPDATE, TRUNCATE ON millrace.audit FROM CURRENT_USER;
