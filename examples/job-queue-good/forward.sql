-- The job queue: jobs, their attempts, workers, and what operations looks at.
BEGIN;

CREATE TYPE job_state AS ENUM ('waiting', 'running', 'done', 'failed');

CREATE TABLE job_workers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hostname text NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_workers_hostname_key UNIQUE (hostname)
);

CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL DEFAULT 'default',
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    worker_id bigint REFERENCES job_workers (id) ON DELETE SET NULL,
    state job_state NOT NULL DEFAULT 'waiting',
    payload jsonb NOT NULL DEFAULT '{}',
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    run_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX jobs_waiting_idx ON jobs (queue, run_at) WHERE state = 'waiting';
CREATE INDEX jobs_account_id_idx ON jobs (account_id);

CREATE TABLE job_attempts (
    job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number int NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    error text,
    PRIMARY KEY (job_id, number)
);

CREATE FUNCTION touch_job() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER jobs_touch
    BEFORE UPDATE ON jobs
    FOR EACH ROW EXECUTE FUNCTION touch_job();

CREATE FUNCTION take_job(wanted_queue text, worker bigint) RETURNS SETOF jobs
LANGUAGE sql AS $$
    UPDATE jobs SET state = 'running', worker_id = worker, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM jobs
        WHERE queue = wanted_queue AND state = 'waiting' AND run_at <= now()
        ORDER BY run_at
        FOR UPDATE SKIP LOCKED
        LIMIT 1
    )
    RETURNING *
$$;

CREATE VIEW waiting_jobs AS
    SELECT queue, count(*) AS jobs, min(run_at) AS oldest
    FROM jobs
    WHERE state = 'waiting'
    GROUP BY queue;

CREATE VIEW failing_jobs AS
    SELECT j.id, j.queue, a.number, a.error
    FROM jobs j
    JOIN job_attempts a ON a.job_id = j.id
    WHERE a.error IS NOT NULL;

INSERT INTO app_settings (key, value, description) VALUES
    ('jobs.poll_interval', '5', 'seconds between two looks at the queue'),
    ('jobs.max_attempts', '8', 'how often a job is tried'),
    ('jobs.backoff', '30', 'seconds before the second attempt'),
    ('jobs.retention', '14', 'days for which done jobs are kept');

COMMIT;
