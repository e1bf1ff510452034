CREATE OR REPLACE FUNCTION line_total(price numeric, quantity int) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT price * quantity
$$;
