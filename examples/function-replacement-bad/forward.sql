-- From ten pieces on there is a discount.
CREATE OR REPLACE FUNCTION line_total(price numeric, quantity int) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT price * quantity * CASE WHEN quantity >= 10 THEN 0.9 ELSE 1 END
$$;
