CREATE INDEX CONCURRENTLY IF NOT EXISTS page_views_path_idx ON page_views (path);
DROP INDEX CONCURRENTLY IF EXISTS page_views_path_seen_at_idx;
