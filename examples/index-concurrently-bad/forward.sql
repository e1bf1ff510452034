-- No transaction: an index is built beside the running application.
CREATE INDEX CONCURRENTLY IF NOT EXISTS page_views_path_seen_at_idx ON page_views (path, seen_at);
DROP INDEX CONCURRENTLY IF EXISTS page_views_path_idx;
