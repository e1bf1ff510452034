-- Amounts outgrow integer; the view must step aside while the type changes.
BEGIN;
DROP VIEW order_totals;
ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
ALTER TABLE orders ALTER COLUMN reference TYPE text;
CREATE VIEW order_totals AS SELECT reference, sum(amount) AS total FROM orders GROUP BY reference;
COMMIT;
