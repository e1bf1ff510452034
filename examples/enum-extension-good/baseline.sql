CREATE TYPE subscription_state AS ENUM ('trial', 'active', 'ended');
CREATE TABLE subscriptions (
    id bigint PRIMARY KEY,
    state subscription_state NOT NULL DEFAULT 'trial'
);
CREATE INDEX subscriptions_state_idx ON subscriptions (state);
