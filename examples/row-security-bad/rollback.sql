-- Without its policies a protected table shows no row to anybody: the switch stays on, and DELETE is not granted again.
BEGIN;
DROP POLICY documents_write ON documents;
DROP POLICY documents_read ON documents;
COMMIT;
