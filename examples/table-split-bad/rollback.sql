-- The values are lost, and so are NOT NULL, the default, the check and the index of city.
DROP TABLE addresses;
ALTER TABLE customers ADD COLUMN street text;
ALTER TABLE customers ADD COLUMN city text;
