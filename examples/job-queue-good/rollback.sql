-- Takes the job queue back: what depends on something goes before it.
BEGIN;

DELETE FROM app_settings
WHERE key IN ('jobs.poll_interval', 'jobs.max_attempts', 'jobs.backoff', 'jobs.retention');

DROP VIEW IF EXISTS failing_jobs;
DROP VIEW IF EXISTS waiting_jobs;
DROP FUNCTION IF EXISTS take_job(text, bigint);
DROP TABLE IF EXISTS job_attempts;
DROP TABLE IF EXISTS jobs;
DROP FUNCTION IF EXISTS touch_job();
DROP TABLE IF EXISTS job_workers;
DROP TYPE IF EXISTS job_state;

COMMIT;
