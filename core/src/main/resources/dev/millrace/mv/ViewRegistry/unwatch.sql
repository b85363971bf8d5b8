-- One row: whether there was such a watch.
SELECT millrace.unwatch(:source, :view)
