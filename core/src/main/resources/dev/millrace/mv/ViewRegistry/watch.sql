-- One row: the registered name of the view. A table that is watched so already is not touched.
SELECT millrace.watch_once(:source, :view, :columnNames::text[], :method)
