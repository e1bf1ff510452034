BEGIN;
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
CREATE POLICY documents_read ON documents FOR SELECT TO tenant_app
    USING (tenant_id = current_setting('app.tenant_id')::bigint);
CREATE POLICY documents_write ON documents FOR INSERT TO tenant_app
    WITH CHECK (tenant_id = current_setting('app.tenant_id')::bigint);
REVOKE DELETE ON documents FROM tenant_app;
COMMENT ON POLICY documents_read ON documents IS 'a tenant reads its own documents';
COMMIT;
