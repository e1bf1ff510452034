-- Fails on amounts that no integer holds and on references that are too long; look for them first.
BEGIN;
DROP VIEW order_totals;
ALTER TABLE orders ALTER COLUMN reference TYPE varchar(40);
ALTER TABLE orders ALTER COLUMN amount TYPE integer;
CREATE VIEW order_totals AS SELECT reference, sum(amount) AS total FROM orders GROUP BY reference;
COMMIT;
