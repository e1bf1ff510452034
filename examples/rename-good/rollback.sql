BEGIN;
ALTER TABLE posts RENAME CONSTRAINT posts_slug_key TO articles_slug_key;
ALTER TABLE posts RENAME CONSTRAINT posts_pkey TO articles_pkey;
ALTER SEQUENCE posts_id_seq RENAME TO articles_id_seq;
ALTER TABLE posts RENAME COLUMN content TO body;
ALTER TABLE posts RENAME TO articles;
COMMIT;
