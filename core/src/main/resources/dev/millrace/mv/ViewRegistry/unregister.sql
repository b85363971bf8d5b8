-- One row: whether it was registered.
SELECT millrace.unregister_view(:view)
