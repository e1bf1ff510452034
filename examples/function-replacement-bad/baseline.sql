CREATE TABLE line_items (id bigint PRIMARY KEY, price numeric NOT NULL, quantity int NOT NULL);

CREATE FUNCTION line_total(price numeric, quantity int) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT price * quantity
$$;

CREATE VIEW invoice_lines AS SELECT id, line_total(price, quantity) AS total FROM line_items;
