-- The table is renamed back first, and then looked for by its new name; the constraints keep theirs.
BEGIN;
ALTER TABLE posts RENAME TO articles;
ALTER TABLE posts RENAME COLUMN content TO body;
COMMIT;
