-- Takes the job queue back. Three mistakes: jobs go before the view that reads them,
-- one configuration key is forgotten, and the enum type and a function stay.
DELETE FROM app_settings
WHERE key IN ('jobs.poll_interval', 'jobs.max_attempts', 'jobs.backoff');

DROP VIEW failing_jobs;
DROP FUNCTION take_job(text, bigint);
DROP TABLE job_attempts;
DROP TABLE jobs;
DROP VIEW waiting_jobs;
DROP TABLE job_workers;
