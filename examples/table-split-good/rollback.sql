BEGIN;
ALTER TABLE customers ADD COLUMN street text;
ALTER TABLE customers ADD COLUMN city text NOT NULL DEFAULT '';
UPDATE customers SET street = a.street, city = a.city FROM addresses a WHERE a.customer_id = customers.id;
ALTER TABLE customers ADD CONSTRAINT customers_city_check CHECK (city <> '-');
CREATE INDEX customers_city_idx ON customers (city);
DROP TABLE addresses;
COMMIT;
