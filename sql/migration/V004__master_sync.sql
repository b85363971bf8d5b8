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

-- supplier_id is null for what concerns the master sheet itself.
CREATE TABLE public.parsing_logs (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  supplier_id uuid REFERENCES public.suppliers (id) ON DELETE CASCADE,
  error_type  text NOT NULL,
  message     text NOT NULL,
  row_number  integer,
  job_id      bigint,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX parsing_logs_newest_of_supplier ON public.parsing_logs (supplier_id, created_at DESC);
CREATE INDEX parsing_logs_by_age ON public.parsing_logs (created_at DESC);
