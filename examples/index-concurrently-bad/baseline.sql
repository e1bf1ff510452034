CREATE TABLE page_views (
    id bigint PRIMARY KEY,
    path text NOT NULL,
    visitor uuid NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX page_views_path_idx ON page_views (path);
