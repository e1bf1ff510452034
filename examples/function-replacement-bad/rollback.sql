-- The function was there before the forward, and a view needs it.
DROP FUNCTION line_total(numeric, int);
