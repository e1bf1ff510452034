CREATE TABLE articles (
    id bigserial PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    body text
);
CREATE VIEW article_slugs AS SELECT id, slug FROM articles;
