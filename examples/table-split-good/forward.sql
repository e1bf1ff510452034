-- Addresses move into a table of their own.
BEGIN;
CREATE TABLE addresses (
    customer_id bigint PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    street text,
    city text NOT NULL DEFAULT ''
);
INSERT INTO addresses (customer_id, street, city) SELECT id, street, city FROM customers;
ALTER TABLE customers DROP COLUMN street;
ALTER TABLE customers DROP COLUMN city;
COMMIT;
