//! A synthetic history of migrations: statements as applications write them, and a rollback for each forward.
//!
//! The same number of migrations gives the same bytes. Every migration is meant to be right: the benchmark measures reading
//! and playing through, not the wording of findings.

use backout::source::Source;
use std::fmt::Write;

/// One migration: its name, its forward and its rollback.
#[derive(Clone, Debug)]
pub struct Migration {
    /// As in its file name.
    pub name: String,
    /// The statements of the forward.
    pub forward: Vec<String>,
    /// The statements of the rollback.
    pub rollback: Vec<String>,
}

/// A history of this many migrations.
pub fn history(migrations: usize) -> Vec<Migration> {
    let mut state = State { numbers: Numbers(0x9e37_79b9_7f4a_7c15), ..State::default() };
    (0..migrations).map(|at| state.migration(at)).collect()
}

/// The files of a history, as golang-migrate names them.
pub fn files(history: &[Migration]) -> Vec<Source> {
    let file = |at: usize, name: &str, side: &str, statements: &[String]| Source {
        path: format!("{:06}_{name}.{side}.sql", at + 1),
        text: script(statements.iter()),
    };
    let pair = |(at, migration): (usize, &Migration)| {
        [file(at, &migration.name, "up", &migration.forward), file(at, &migration.name, "down", &migration.rollback)]
    };
    history.iter().enumerate().flat_map(pair).collect()
}

/// The whole history as one pair of scripts.
pub fn pair(history: &[Migration]) -> (Source, Source) {
    let forward = script(history.iter().flat_map(|migration| &migration.forward));
    let rollback = script(history.iter().rev().flat_map(|migration| &migration.rollback));
    (Source { path: "forward.sql".to_owned(), text: forward }, Source { path: "rollback.sql".to_owned(), text: rollback })
}

fn script<'a>(statements: impl Iterator<Item = &'a String>) -> String {
    statements.fold(String::new(), |text, statement| text + statement + ";\n\n")
}

/// A small generator of numbers (xorshift): the benchmark needs variety, not quality.
#[derive(Default)]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

const THINGS: [&str; 16] = [
    "account", "invoice", "order", "shipment", "ticket", "article", "comment", "session", "device", "report", "payment", "address", "team",
    "project", "upload", "webhook",
];
const PARTS: [&str; 12] =
    ["note", "label", "region", "source", "channel", "priority", "score", "locale", "reference", "origin", "weight", "owner"];
const TYPES: [&str; 9] = [
    "text",
    "varchar(120)",
    "integer",
    "bigint",
    "boolean NOT NULL DEFAULT false",
    "timestamp with time zone",
    "numeric(12, 2)",
    "jsonb NOT NULL DEFAULT '{}'::jsonb",
    "uuid",
];

/// What the migrations so far have made.
#[derive(Default)]
struct State {
    numbers: Numbers,
    tables: Vec<String>,
    /// Views with the table below and their query as it stands.
    views: Vec<(String, String)>,
    /// Functions with their body as it stands.
    functions: Vec<(String, String)>,
    granted: Vec<String>,
}

impl State {
    fn migration(&mut self, at: usize) -> Migration {
        if at == 0 {
            return self.settings();
        }
        if self.tables.len() < 3 || at.is_multiple_of(5) {
            return self.table(at);
        }
        match self.numbers.below(15) {
            0..=2 => self.columns(at),
            3 => self.index(at),
            4 => self.constraints(at),
            5 => self.status(at),
            6 => self.view(at),
            7 => self.wider_view(at),
            8 => self.trigger(at),
            9 => self.function(at),
            10 => self.new_body(at),
            11 => self.rows(at),
            12 => self.rights(at),
            13 => self.partitions(at),
            _ => self.guarded(at),
        }
    }

    fn any_table(&mut self) -> String {
        let at = self.numbers.below(self.tables.len());
        self.tables.get(at).cloned().unwrap_or_default()
    }

    fn settings(&mut self) -> Migration {
        let forward = vec![
            "-- Settings of the application, one row per key.\nCREATE TABLE settings (\n    key text PRIMARY KEY,\n    value text NOT NULL,\n    \
             changed_at timestamptz NOT NULL DEFAULT now()\n)"
                .to_owned(),
        ];
        migration("settings", forward, &["DROP TABLE settings"])
    }

    fn table(&mut self, at: usize) -> Migration {
        let name = format!("{}_{at}", self.numbers.pick(&THINGS));
        let parent = (!self.tables.is_empty()).then(|| self.any_table());
        let mut columns = String::new();
        for (number, part) in PARTS.iter().enumerate().filter(|(number, _)| (number + at).is_multiple_of(3)) {
            let _ = write!(columns, ",\n    {part}_{number} {}", self.numbers.pick(&TYPES));
        }
        if let Some(parent) = &parent {
            let _ = write!(columns, ",\n    {parent}_id bigint REFERENCES {parent} (id) ON DELETE CASCADE");
        }
        let create = format!(
            "CREATE TABLE {name} (\n    id bigserial PRIMARY KEY,\n    name varchar(255) NOT NULL,\n    amount integer NOT NULL DEFAULT 0 CHECK \
             (amount >= 0),\n    created_at timestamptz NOT NULL DEFAULT now(){columns},\n    CONSTRAINT {name}_name_unique UNIQUE (name)\n)"
        );
        let mut forward = vec![
            create,
            format!("CREATE INDEX {name}_created_at_idx ON {name} USING btree (created_at DESC)"),
            format!("CREATE INDEX {name}_amount_idx ON {name} (amount) WHERE amount > 0"),
            format!("COMMENT ON TABLE {name} IS 'What the application knows of {name}'"),
            format!("COMMENT ON COLUMN {name}.amount IS 'In the smallest unit'"),
        ];
        if let Some(parent) = &parent {
            forward.push(format!("CREATE INDEX {name}_parent_idx ON {name} ({parent}_id)"));
        }
        self.tables.push(name.clone());
        let rollback = format!("DROP TABLE {name}");
        migration(&format!("create_{name}"), forward, &[&rollback])
    }

    fn columns(&mut self, at: usize) -> Migration {
        let (table, part) = (self.any_table(), self.numbers.pick(&PARTS));
        let (first, second) = (format!("{part}_{at}"), format!("{part}_by_{at}"));
        let forward = vec![
            format!("ALTER TABLE {table} ADD COLUMN {first} {}", self.numbers.pick(&TYPES)),
            format!("ALTER TABLE {table} ADD COLUMN {second} text DEFAULT 'none'"),
            format!("UPDATE {table} SET {second} = 'import' WHERE created_at < '2020-01-01'"),
            format!("ALTER TABLE {table} ALTER COLUMN {second} SET NOT NULL"),
        ];
        migration(&format!("add_{part}_to_{table}"), forward, &[&format!("ALTER TABLE {table} DROP COLUMN {second}, DROP COLUMN {first}")])
    }

    fn index(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let forward = vec![
            format!("CREATE UNIQUE INDEX {table}_lower_name_{at} ON {table} (lower(name), id)"),
            format!("CREATE INDEX {table}_name_hash_{at} ON {table} USING hash (name)"),
        ];
        let rollback = [format!("DROP INDEX {table}_name_hash_{at}"), format!("DROP INDEX {table}_lower_name_{at}")];
        migration(&format!("index_{table}"), forward, &rollback)
    }

    fn constraints(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let forward = vec![
            format!("ALTER TABLE {table} ADD CONSTRAINT {table}_name_given_{at} CHECK (length(trim(name)) > 0) NOT VALID"),
            format!("ALTER TABLE {table} VALIDATE CONSTRAINT {table}_name_given_{at}"),
            format!("ALTER TABLE {table} ADD CONSTRAINT {table}_amount_name_{at} UNIQUE (amount, name, id)"),
        ];
        let rollback = format!("ALTER TABLE {table} DROP CONSTRAINT {table}_amount_name_{at}, DROP CONSTRAINT {table}_name_given_{at}");
        migration(&format!("constrain_{table}"), forward, &[&rollback])
    }

    fn status(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let forward = vec![
            format!("CREATE TYPE {table}_status_{at} AS ENUM ('draft', 'open', 'waiting for payment', 'closed')"),
            format!("ALTER TABLE {table} ADD COLUMN status_{at} {table}_status_{at} NOT NULL DEFAULT 'draft'"),
            format!("CREATE INDEX {table}_status_{at}_idx ON {table} (status_{at}) WHERE status_{at} <> 'closed'"),
        ];
        let rollback = [format!("ALTER TABLE {table} DROP COLUMN status_{at}"), format!("DROP TYPE {table}_status_{at}")];
        migration(&format!("status_of_{table}"), forward, &rollback)
    }

    fn view(&mut self, at: usize) -> Migration {
        let (left, right) = (self.any_table(), self.any_table());
        let name = format!("{left}_summary_{at}");
        let query = format!(
            "SELECT l.id, l.name, coalesce(sum(r.amount), 0) AS total, count(*) FILTER (WHERE r.amount > 10) AS large\nFROM {left} l\nLEFT JOIN \
             {right} r ON r.name = l.name AND r.created_at > l.created_at - interval '30 days'\nWHERE l.amount BETWEEN 1 AND 1000\nGROUP BY l.id, \
             l.name"
        );
        let forward = vec![format!("CREATE VIEW {name} AS\n{query}"), format!("COMMENT ON VIEW {name} IS 'Totals of the last month'")];
        self.views.push((name.clone(), query));
        migration(&format!("view_{name}"), forward, &[&format!("DROP VIEW {name}")])
    }

    fn wider_view(&mut self, at: usize) -> Migration {
        let chosen = self.numbers.below(self.views.len());
        let Some((name, query)) = self.views.get_mut(chosen) else { return self.view(at) };
        let before = query.clone();
        *query = query.replacen("\nFROM ", &format!(", max(l.created_at) AS latest_{at}\nFROM "), 1);
        let forward = vec![format!("CREATE OR REPLACE VIEW {name} AS\n{query}")];
        let rollback = [
            format!("DROP VIEW {name}"),
            format!("CREATE VIEW {name} AS\n{before}"),
            format!("COMMENT ON VIEW {name} IS 'Totals of the last month'"),
        ];
        migration(&format!("widen_{name}"), forward, &rollback)
    }

    fn trigger(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let forward = vec![
            format!(
                "CREATE FUNCTION {table}_touch_{at}() RETURNS trigger\nLANGUAGE plpgsql\nAS $$\nBEGIN\n    IF NEW.name IS DISTINCT FROM OLD.name \
                 THEN\n        NEW.created_at := now();\n    END IF;\n    RETURN NEW;\nEND;\n$$"
            ),
            format!(
                "CREATE TRIGGER {table}_touch_{at} BEFORE UPDATE OF name ON {table}\nFOR EACH ROW EXECUTE FUNCTION {table}_touch_{at}()"
            ),
        ];
        let rollback = [format!("DROP TRIGGER {table}_touch_{at} ON {table}"), format!("DROP FUNCTION {table}_touch_{at}()")];
        migration(&format!("touch_{table}"), forward, &rollback)
    }

    fn function(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let name = format!("{table}_total_{at}");
        let body = format!("SELECT sum(amount) FROM {table} WHERE created_at >= since AND name <> ''");
        let forward = vec![create_function("CREATE", &name, &body), format!("REVOKE ALL ON FUNCTION {name}(timestamptz) FROM PUBLIC")];
        self.functions.push((name.clone(), body));
        migration(&format!("function_{name}"), forward, &[&format!("DROP FUNCTION {name}(timestamptz)")])
    }

    fn new_body(&mut self, at: usize) -> Migration {
        let chosen = self.numbers.below(self.functions.len());
        let Some((name, body)) = self.functions.get_mut(chosen) else { return self.function(at) };
        let before = body.clone();
        let _ = write!(body, " AND id > {at}");
        let forward = vec![create_function("CREATE OR REPLACE", name, body)];
        migration(&format!("mend_{name}"), forward, &[&create_function("CREATE OR REPLACE", name, &before)])
    }

    fn rows(&mut self, at: usize) -> Migration {
        let forward = vec![format!(
            "INSERT INTO settings (key, value) VALUES\n    ('limit.{at}', '{}'),\n    ('it''s.{at}', E'a\\nb'),\n    ('plan.{at}', 'free')",
            at * 10
        )];
        let rollback = format!("DELETE FROM settings WHERE key IN ('limit.{at}', 'it''s.{at}', 'plan.{at}')");
        migration(&format!("settings_{at}"), forward, &[&rollback])
    }

    fn rights(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        // A second grant would change nothing, and its rollback would take the first one away.
        if self.granted.contains(&table) {
            return self.index(at);
        }
        self.granted.push(table.clone());
        let forward = vec![
            format!("CREATE POLICY {table}_own_{at} ON {table} FOR SELECT USING (name = current_user)"),
            format!("GRANT SELECT (id, name) ON {table} TO PUBLIC"),
        ];
        let rollback = [format!("REVOKE SELECT (id, name) ON {table} FROM PUBLIC"), format!("DROP POLICY {table}_own_{at} ON {table}")];
        migration(&format!("rights_on_{table}"), forward, &rollback)
    }

    fn partitions(&mut self, at: usize) -> Migration {
        let name = format!("event_{at}");
        let mut forward = vec![
            format!(
                "CREATE TABLE {name} (\n    id bigint NOT NULL,\n    at timestamptz NOT NULL,\n    body jsonb,\n    PRIMARY KEY (id, at)\n) PARTITION \
                 BY RANGE (at)"
            ),
            format!("CREATE INDEX {name}_body_idx ON {name} USING gin (body)"),
        ];
        for month in 1..=3 {
            forward.push(format!(
                "CREATE TABLE {name}_m{month} PARTITION OF {name} FOR VALUES FROM ('2026-0{month}-01') TO ('2026-0{}-01')",
                month + 1
            ));
        }
        migration(&format!("partition_{name}"), forward, &[&format!("DROP TABLE {name}")])
    }

    fn guarded(&mut self, at: usize) -> Migration {
        let table = self.any_table();
        let forward = vec![
            format!(
                "DO $$\nBEGIN\n    IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'level_{at}') THEN\n        CREATE TYPE level_{at} AS ENUM \
                 ('low', 'high');\n    END IF;\nEND\n$$"
            ),
            format!("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS level_{at} level_{at}"),
            format!("CREATE MATERIALIZED VIEW {table}_levels_{at} AS SELECT level_{at}, count(*) AS n FROM {table} GROUP BY level_{at}"),
            format!("CREATE UNIQUE INDEX ON {table}_levels_{at} (level_{at})"),
        ];
        let rollback = [
            format!("DROP MATERIALIZED VIEW IF EXISTS {table}_levels_{at}"),
            format!("ALTER TABLE {table} DROP COLUMN IF EXISTS level_{at}"),
            format!("DROP TYPE IF EXISTS level_{at}"),
        ];
        migration(&format!("levels_of_{table}"), forward, &rollback)
    }
}

fn create_function(verb: &str, name: &str, body: &str) -> String {
    format!("{verb} FUNCTION {name}(since timestamptz DEFAULT now()) RETURNS bigint\nLANGUAGE sql STABLE\nAS $${body}$$")
}

fn migration(name: &str, forward: Vec<String>, rollback: &[impl AsRef<str>]) -> Migration {
    Migration { name: name.to_owned(), forward, rollback: rollback.iter().map(|statement| statement.as_ref().to_owned()).collect() }
}
