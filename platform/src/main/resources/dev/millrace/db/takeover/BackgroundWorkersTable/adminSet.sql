-- What existing rows say counts as an admin's choice: no release changes it.
UPDATE public.background_workers
   SET admin_set = array_remove(ARRAY['enabled', CASE WHEN interval_seconds IS NOT NULL THEN 'interval_seconds' END,
         CASE WHEN display_name IS NOT NULL THEN 'display_name' END, CASE WHEN description IS NOT NULL THEN 'description' END], NULL)
