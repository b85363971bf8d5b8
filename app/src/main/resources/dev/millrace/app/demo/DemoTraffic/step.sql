-- One second of the demo: some parts, items and votes, and a new lot when the factory runs low. One row.
SELECT public.demo_trade_parts(:many) AS parts, public.demo_move_wip_items(:many) AS items, public.demo_start_lot() AS started,
       public.demo_vote(:many) AS votes
