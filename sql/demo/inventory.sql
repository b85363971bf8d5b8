-- The inventory views in the registry, and the trade that goes on while the demo runs. Run after data.sql and the seeds; can be run again and again.
-- The parts table has no trigger: the leader looks at its statistics, and its writers pay nothing.

SELECT millrace.register_view('public.mv_tbl_parts_inventory_sku_counts', view_group => 'inventory', mode => 'auto',
                              debounce => interval '10 seconds', max_wait => interval '1 minute', min_gap => interval '30 seconds'),
       millrace.register_view('public.mv_tbl_parts_inventory_itemid_counts', view_group => 'inventory', mode => 'auto',
                              debounce => interval '10 seconds', max_wait => interval '1 minute', min_gap => interval '30 seconds'),
       millrace.watch('public.tbl_parts_inventory', 'public.mv_tbl_parts_inventory_sku_counts', method => 'counter'),
       millrace.watch('public.tbl_parts_inventory', 'public.mv_tbl_parts_inventory_itemid_counts', method => 'counter');

-- Sells some parts that are on offer, and offers as many again that were sold: SELECT demo_trade_parts(5);
CREATE OR REPLACE FUNCTION public.demo_trade_parts(parts integer) RETURNS bigint LANGUAGE sql AS $$
  WITH picked AS (
    SELECT 1 + floor(random() * (SELECT max(id) FROM public.tbl_parts_inventory))::bigint AS id
      FROM generate_series(1, parts)
  ), traded AS (
    UPDATE public.tbl_parts_inventory p
       SET status = CASE p.status WHEN 'Active' THEN 'Sold' ELSE 'Active' END,
           sold_at = CASE p.status WHEN 'Active' THEN clock_timestamp() END,
           quantity = CASE p.status WHEN 'Active' THEN 0 ELSE 1 END,
           updated_at = clock_timestamp()
     WHERE p.id IN (SELECT id FROM picked) AND p.status IN ('Active', 'Sold')
    RETURNING 1
  )
  SELECT count(*) FROM traded
$$;
