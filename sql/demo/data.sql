-- 120,000 parts, the same in every run; nothing if the table holds any part already.
-- Run after schema.sql. The views stay as they are: to refresh them is what the demo shows.

-- A part's facts follow from its number: u, v, w are three unlike sequences in [0, 1).
-- Few SKUs are common and many are rare; a listing offers several parts of one SKU.
INSERT INTO public.tbl_parts_inventory
  (id, sku, item_id, title, status, price, currency, quantity, warehouse, listed_at, sold_at, updated_at)
SELECT part.n,
       part.brand || '-' || lpad(CAST(part.sku_no AS text), 5, '0'),
       CASE WHEN part.status <> 'Unlisted'
            THEN CAST(264018000000 + part.sku_no * 8
                        + CAST(floor(part.w * least(8, 1 + 20000 / (part.sku_no + 400))) AS integer) AS text) END,
       (ARRAY['Brake caliper', 'Alternator', 'Headlight assembly', 'Door mirror', 'Fuel pump', 'Steering rack',
              'Radiator', 'Tail light', 'Window regulator', 'Control module', 'Wheel hub', 'Throttle body',
              'Air flow sensor', 'Blower motor', 'Starter motor', 'Instrument cluster'])[1 + part.sku_no % 16]
         || ' ' || part.brand || ' '
         || (ARRAY['left', 'right', 'front', 'rear', 'OEM', 'tested', 'with bracket', '2.0 l'])[1 + part.sku_no / 16 % 8],
       part.status,
       round(CAST(8.9 + 600 * power(part.sku_no % 997 / double precision '997', 2.5) * (0.9 + part.v / 5) AS numeric), 2),
       'USD',
       CASE WHEN part.status = 'Sold' THEN 0 WHEN part.v < 0.9 THEN 1 ELSE 2 + CAST(floor(part.w * 8) AS integer) END,
       (ARRAY['NJ-1', 'NJ-2', 'TX-1', 'NV-1'])[1 + CAST(floor(power(part.w, 1.7) * 4) AS integer)],
       CASE WHEN part.status <> 'Unlisted' THEN part.added_at + interval '1 day' * part.v END,
       CASE WHEN part.status = 'Sold' THEN part.added_at + interval '1 day' * (2 + part.w * 30) END,
       part.added_at + interval '1 day' * 33
FROM (
  SELECT number.n, number.v, number.w,
         1 + CAST(floor(18000 * power(number.u, 2.2)) AS integer) AS sku_no,
         (ARRAY['NDW', 'KST', 'VLD', 'BRM', 'HLX', 'ORB', 'TAN', 'SYL'])
           [1 + CAST(floor(18000 * power(number.u, 2.2)) AS integer) % 8] AS brand,
         CASE WHEN number.v < 0.46 THEN 'Active'
              WHEN number.v < 0.84 THEN 'Sold'
              WHEN number.v < 0.93 THEN 'Unlisted'
              WHEN number.v < 0.97 THEN 'Reserved'
              ELSE 'Returned' END AS status,
         timestamptz '2025-01-06 08:00:00+00' + interval '4 minutes' * number.n AS added_at
  FROM (
    SELECT n,
           (n * 2654435761) % 4294967296 / double precision '4294967296' AS u,
           (n * 1597334677 + 777767777) % 4294967291 / double precision '4294967291' AS v,
           (n * 3266489917 + 374761393) % 4294967279 / double precision '4294967279' AS w
    FROM generate_series(CAST(1 AS bigint), 120000) AS series (n)
  ) AS number
) AS part
WHERE NOT EXISTS (SELECT FROM public.tbl_parts_inventory)
ON CONFLICT (id) DO NOTHING;

SELECT setval(pg_get_serial_sequence('public.tbl_parts_inventory', 'id'), max(id)) FROM public.tbl_parts_inventory;

ANALYZE public.tbl_parts_inventory;
