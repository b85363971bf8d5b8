-- Reads of the status that failed.
SELECT 'at ' || as_of || ': ' || error FROM drill.status_reads WHERE error IS NOT NULL
