-- The counters of a parts inventory: their two materialized views, where these exist, and the background worker that refreshes them.
-- Returns what was added; a row that exists stays as it is.
WITH worker AS (
  INSERT INTO public.background_workers (worker_name, display_name, description, interval_seconds, kind, payload)
  VALUES ('inventory_mv_refresh', 'Inventory MV Refresh',
          'Refreshes inventory materialized views used by the Inventory V3 grid (SKU/ItemID Active/Sold counters).', 600, 'mv.refresh',
          '{"views": ["public.mv_tbl_parts_inventory_sku_counts", "public.mv_tbl_parts_inventory_itemid_counts"]}')
      ON CONFLICT (worker_name) DO NOTHING
  RETURNING worker_name
)
SELECT 'background worker ' || worker_name FROM worker
UNION ALL
SELECT 'view ' || millrace.register_view(given, view_group => 'inventory')
  FROM unnest('{public.mv_tbl_parts_inventory_sku_counts,public.mv_tbl_parts_inventory_itemid_counts}'::text[]) given
 WHERE millrace.view_of(given) IS NOT NULL
   AND NOT EXISTS (SELECT FROM millrace.mv_views WHERE view_name = millrace.known_view(given) AND origin = 'registered')
