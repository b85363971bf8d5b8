-- One row: the registered name of the view. A table that is watched so already is not touched.
SELECT millrace.watch(:source, :view, :columnNames::text[], :method)
