-- The view reads the column, so its type cannot be altered under it.
ALTER TABLE orders ALTER COLUMN amount TYPE integer;
