-- The application's schema before the job queue.
CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE app_settings (
    key text PRIMARY KEY,
    value text NOT NULL,
    description text
);

INSERT INTO app_settings (key, value, description) VALUES
    ('mail.sender', 'hello@example.org', 'the address that mail comes from'),
    ('mail.retries', '3', 'how often a mail is tried');
