-- One row: how many rows a view lacks or has too many.
SELECT count(*) FROM (
  (TABLE public.$view EXCEPT ALL ($query)) UNION ALL (($query) EXCEPT ALL TABLE public.$view)) wrong
