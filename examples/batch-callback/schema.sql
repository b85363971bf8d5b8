-- An album is published when all its pictures are scaled.
CREATE TABLE public.albums (id bigint PRIMARY KEY, published integer);
CREATE TABLE public.pictures (
  album bigint NOT NULL REFERENCES public.albums,
  number integer NOT NULL,
  scaled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (album, number));
