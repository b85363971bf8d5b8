-- One row: a step that was done, with the statements that undo it.
INSERT INTO millrace.taken_over (object, found, undo) VALUES (:object, :found, :undo)
