-- A database as system 001 has it before Millrace: suppliers with uuid keys, their items, and the parsing log from which their status is derived.
CREATE TABLE public.suppliers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(255) NOT NULL UNIQUE, source_type varchar(50) NOT NULL DEFAULT 'google_sheets',
  metadata jsonb NOT NULL DEFAULT '{}', last_sync_at timestamptz, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE public.supplier_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), supplier_id uuid NOT NULL REFERENCES public.suppliers ON DELETE CASCADE, supplier_sku varchar(255) NOT NULL,
  name varchar(500) NOT NULL, current_price numeric(12, 2) NOT NULL, characteristics jsonb NOT NULL DEFAULT '{}', last_ingested_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (supplier_id, supplier_sku));
CREATE TABLE public.parsing_logs (
  id bigserial PRIMARY KEY, task_id varchar(255) NOT NULL, supplier_id uuid REFERENCES public.suppliers ON DELETE CASCADE, error_type varchar(100) NOT NULL,
  error_message text NOT NULL, row_number integer, row_data jsonb, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX idx_parsing_logs_supplier ON public.parsing_logs (supplier_id, created_at DESC);
INSERT INTO public.suppliers (name, metadata) VALUES ('Aldermoor Motor Factors', '{"sheet_url": "https://example.org/a.csv"}'), ('Bexley & Crane', '{}');
INSERT INTO public.supplier_items (supplier_id, supplier_sku, name, current_price) SELECT id, 'A-1', 'Bolt', 1.20 FROM public.suppliers;
INSERT INTO public.parsing_logs (task_id, supplier_id, error_type, error_message) SELECT 't1', id, 'SUCCESS', 'ok' FROM public.suppliers WHERE name LIKE 'Ald%';
