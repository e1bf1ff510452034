BEGIN;
ALTER TABLE articles RENAME TO posts;
ALTER TABLE posts RENAME COLUMN body TO content;
ALTER SEQUENCE articles_id_seq RENAME TO posts_id_seq;
ALTER TABLE posts RENAME CONSTRAINT articles_pkey TO posts_pkey;
ALTER TABLE posts RENAME CONSTRAINT articles_slug_key TO posts_slug_key;
COMMIT;
