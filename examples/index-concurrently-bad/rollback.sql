-- CONCURRENTLY refuses to run inside a transaction.
BEGIN;
CREATE INDEX CONCURRENTLY page_views_path_idx ON page_views (path);
DROP INDEX CONCURRENTLY page_views_path_seen_at_idx;
COMMIT;
