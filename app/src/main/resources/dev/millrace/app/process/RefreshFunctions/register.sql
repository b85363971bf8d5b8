-- Registers a function that is not registered: one row with its name then, none before.
SELECT millrace.register_view(:name, view_group => :viewGroup, covers => :views)
 WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = millrace.known_view(:name) AND v.origin = 'registered')
