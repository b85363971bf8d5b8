-- Documents are edited; each row of document_index says how often and of which fields one was indexed.
CREATE TABLE public.documents (
  id bigint PRIMARY KEY,
  title text NOT NULL DEFAULT '',
  body text NOT NULL DEFAULT '');
CREATE TABLE public.document_index (
  document bigint PRIMARY KEY,
  fields text NOT NULL,
  times integer NOT NULL DEFAULT 1);
INSERT INTO public.documents (id) VALUES (1);
