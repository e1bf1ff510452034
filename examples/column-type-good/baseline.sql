CREATE TABLE orders (
    id integer PRIMARY KEY,
    reference varchar(40) NOT NULL,
    amount integer NOT NULL DEFAULT 0
);
CREATE INDEX orders_reference_idx ON orders (reference);
CREATE VIEW order_totals AS SELECT reference, sum(amount) AS total FROM orders GROUP BY reference;
