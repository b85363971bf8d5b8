-- As of the other domains (V111): nobody else needs this type.
REVOKE ALL ON DOMAIN millrace.lost_processes FROM PUBLIC;
