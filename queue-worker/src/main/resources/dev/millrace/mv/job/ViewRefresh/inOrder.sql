-- The given names, each before the names that read it, else in the order given. The edges are transitive, so a view has more of the
-- others above it than any of these has.
SELECT given.name
  FROM unnest(:names::text[]) WITH ORDINALITY AS given (name, place)
 ORDER BY (SELECT count(*)
             FROM millrace.mv_edges e
            WHERE e.downstream = millrace.known_view(given.name)
              AND e.upstream = ANY (SELECT millrace.known_view(other) FROM unnest(:names::text[]) AS other)),
          given.place
