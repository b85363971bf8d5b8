-- Suppliers, what they sell, and the log from which their status is derived.

CREATE TABLE public.suppliers (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code         text NOT NULL UNIQUE CHECK (code <> ''),
  name         text NOT NULL CHECK (name <> ''),
  sheet_url    text NOT NULL,
  currency     text CHECK (length(currency) = 3),
  enabled      boolean NOT NULL DEFAULT true,
  last_sync_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE public.supplier_items (
  supplier_id uuid NOT NULL REFERENCES public.suppliers (id) ON DELETE CASCADE,
  sku         text NOT NULL CHECK (sku <> ''),
  name        text NOT NULL,
  price       numeric(18, 6) NOT NULL CHECK (price >= 0),
  currency    text CHECK (length(currency) = 3),
  quantity    bigint CHECK (quantity >= 0),
  source_row  integer NOT NULL,
  job_id      bigint NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (supplier_id, sku)
);

CREATE TABLE public.parsing_logs (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Null: it concerns the master sheet itself.
  supplier_id   uuid REFERENCES public.suppliers (id) ON DELETE CASCADE,
  error_type    text NOT NULL,
  message       text NOT NULL,
  row_number    integer,
  job_id        bigint,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A supplier is synced well only as far as its rows could be read.
  rows_left_out integer NOT NULL DEFAULT 0 CHECK (rows_left_out >= 0)
);
COMMENT ON COLUMN public.parsing_logs.rows_left_out IS 'rows of the sheet that were left out; on the row about the whole sheet only';
CREATE INDEX parsing_logs_newest_of_supplier ON public.parsing_logs (supplier_id, created_at DESC);
CREATE INDEX parsing_logs_by_age ON public.parsing_logs (created_at DESC);
