-- PostgreSQL has no such statement.
ALTER TYPE subscription_state DROP VALUE 'paused';
