-- What the example sells.
CREATE TABLE public.stock (pieces integer NOT NULL CHECK (pieces >= 0));
INSERT INTO public.stock VALUES (10);
CREATE TABLE public.orders (
  id bigint PRIMARY KEY,
  pieces integer NOT NULL,
  confirmed boolean NOT NULL DEFAULT false);
