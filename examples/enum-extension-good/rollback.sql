-- A value cannot be removed, so the type is rebuilt; paused subscriptions count as active.
BEGIN;
ALTER TABLE subscriptions ALTER COLUMN state DROP DEFAULT;
ALTER TYPE subscription_state RENAME TO subscription_state_with_paused;
CREATE TYPE subscription_state AS ENUM ('trial', 'active', 'ended');
ALTER TABLE subscriptions ALTER COLUMN state TYPE subscription_state
    USING (CASE state::text WHEN 'paused' THEN 'active' ELSE state::text END)::subscription_state;
ALTER TABLE subscriptions ALTER COLUMN state SET DEFAULT 'trial';
DROP TYPE subscription_state_with_paused;
COMMIT;
