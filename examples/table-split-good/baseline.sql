CREATE TABLE customers (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    street text,
    city text NOT NULL DEFAULT '',
    CONSTRAINT customers_city_check CHECK (city <> '-')
);
CREATE INDEX customers_city_idx ON customers (city);
