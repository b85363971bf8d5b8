-- A table for COPY with the columns, the checks, the primary key and the foreign key of the items, and the supplier that all its rows have.
INSERT INTO public.suppliers (id, code, name) VALUES ('00000000-0000-0000-0000-000000000001', 'copied', 'Copied');
CREATE TABLE public.copied_items (LIKE public.supplier_items INCLUDING ALL);
ALTER TABLE public.copied_items
  ADD FOREIGN KEY (supplier_id) REFERENCES public.suppliers ON DELETE CASCADE,
  ALTER COLUMN supplier_id SET DEFAULT '00000000-0000-0000-0000-000000000001';
