CREATE ROLE tenant_app;
CREATE TABLE documents (
    id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    title text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON documents TO tenant_app;
