// What the package's functions take. What they return is generated from the report's JSON Schema, in report.ts.

/** A script: its text, or its text with the path that the report is to call it by. */
export type Source = string | { path?: string; text: string };

/** A file of a folder of migrations; the path is relative to that folder, with `/`. */
export interface File {
  path: string;
  text: string;
}

/** What executes the scripts. `choices().runners` lists them at run time. */
export type Runner =
  | "psql"
  | "psql-stop"
  | "psql-single-transaction"
  | "golang-migrate"
  | "diesel"
  | "sqlx"
  | "goose"
  | "dbmate"
  | "sql-migrate"
  | "hasura"
  | "flyway"
  | "sqitch"
  | "tern"
  | "node-pg-migrate"
  | "pop"
  | "liquibase";

/** How a tool arranges its files. */
export type Layout =
  | "sqitch"
  | "liquibase"
  | "goose"
  | "dbmate"
  | "sql-migrate"
  | "tern"
  | "node-pg-migrate"
  | "flyway"
  | "pop"
  | "golang-migrate"
  | "sqlx"
  | "hasura"
  | "diesel"
  | "plain"
  | "document";

/** The formats of the command line. */
export type Format = "human" | "json" | "sarif" | "github" | "gitlab" | "junit" | "markdown" | "html";

/** The server's major version. */
export type ServerVersion = 13 | 14 | 15 | 16 | 17 | 18;

export interface Settings {
  /** What executes the scripts; by default the tool of a recognised layout, and `psql-stop` for loose scripts. */
  runner?: Runner | undefined;
  /** The server's major version, by default 17. */
  serverVersion?: ServerVersion | undefined;
  /** Idempotency and atomicity decide the verdict too. */
  strict?: boolean | undefined;
  /** What the forward makes with `IF NOT EXISTS` is new. */
  assumeNew?: boolean | undefined;
  /** The report also tells what the pictures are drawn from. */
  details?: boolean | undefined;
  /** How `files` are arranged; recognised when it is not given. */
  layout?: Layout | undefined;
}

interface Common {
  /** The schema before the first forward, as `pg_dump --schema-only` writes it. */
  baseline?: Source | undefined;
  /** Another name of `baseline`. */
  schema?: Source | undefined;
  settings?: Settings | undefined;
}

/** A pair of scripts; either may be missing, and the report says what follows from that. */
export interface PairInput extends Common {
  forward?: Source | undefined;
  rollback?: Source | undefined;
  files?: undefined;
}

/** The files of a folder, in which the migrations are found. */
export interface FolderInput extends Common {
  files: readonly File[];
  forward?: undefined;
  rollback?: undefined;
}

export type Input = PairInput | FolderInput;

/** A rule with its page in Markdown. */
export interface Rule {
  name: string;
  heading: "ordering" | "coverage" | "idempotency" | "scope" | "atomicity" | "data" | "plan";
  severity: "error" | "warning" | "note";
  summary: string;
  page: string;
}

/** What an input may name. */
export interface Choices {
  formats: Format[];
  runners: Runner[];
  layouts: Layout[];
  serverVersions: ServerVersion[];
}
