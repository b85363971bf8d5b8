-- The rest of compare.sql: changes nothing. One row: the counts and the first 100 differences, as JSON.
SELECT c.*, g.passed,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'sku', d.sku, 'change', d.change,
                          'before', CASE WHEN d.change <> 'inserted' THEN jsonb_build_object(
                            'sku', d.old_sku, 'name', d.old_name, 'price', d.old_price, 'currency', d.old_currency, 'quantity', d.old_quantity) END,
                          'after', CASE WHEN d.change <> 'vanished' THEN jsonb_build_object(
                            'sku', d.sku, 'name', d.name, 'price', d.current_price, 'currency', d.currency, 'quantity', d.quantity) END)
                        ORDER BY d.row_number, d.sku), '[]')::text
          FROM (SELECT change, row_number, sku::text AS sku, name, current_price, currency, quantity,
                       old_sku, old_name, old_price, old_currency, old_quantity
                  FROM differing
                UNION ALL
                SELECT 'vanished', NULL, m.stored_sku::text, NULL, NULL, NULL, NULL,
                       p.stored_sku, p.stored_name, p.stored_price, p.stored_currency, p.stored_quantity
                  FROM missing m
                  JOIN pairs p ON p.stored_sku = m.stored_sku
                 WHERE NOT m.kept
                 ORDER BY row_number, sku
                 LIMIT 100) d) AS differences
  FROM counts c
 CROSS JOIN guard g
