//! A PostgreSQL server in a temporary folder, reached through a socket in it, gone when the value is dropped.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, Config, NoTls};

/// The user that runs the server when we are root: PostgreSQL refuses root.
const NOBODY: u32 = 65534;

/// A running server; stopped and removed on drop.
pub struct Server {
    folder: tempfile::TempDir,
    bin: PathBuf,
    as_nobody: bool,
    /// The major version, such as 15.
    pub version: u16,
    /// The full version as the server says it, such as "15.18".
    pub version_text: String,
}

impl Server {
    /// Starts a server, or says what to do so that one can start.
    pub fn start() -> Result<Self, String> {
        let bin = binaries()?;
        let folder = tempfile::Builder::new().prefix("bo").tempdir_in(place()).map_err(|error| format!("no temporary folder: {error}"))?;
        let as_nobody = fs::metadata(folder.path()).is_ok_and(|about| about.uid() == 0);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).map_err(|error| error.to_string())?;
        if as_nobody {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).map_err(|error| format!("chown of the data folder: {error}"))?;
        }
        let mut server = Self { folder, bin, as_nobody, version: 0, version_text: String::new() };
        let data = server.data();
        server.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"])?;
        let socket = server.folder.path().display().to_string();
        let options = format!(
            "-F -c listen_addresses='' -c unix_socket_directories='{socket}' -c autovacuum=off -c max_prepared_transactions=10 \
             -c wal_level=logical -c synchronous_commit=off -c full_page_writes=off -c jit=off -c statement_timeout=20s -c max_connections=40"
        );
        let log = format!("{socket}/log");
        server.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"])?;
        let mut client = server.connect("postgres")?;
        let number: String = one(&mut client, "SHOW server_version_num")?;
        server.version = number.parse::<u32>().map(|number| (number / 10_000) as u16).unwrap_or(0);
        server.version_text = one(&mut client, "SHOW server_version")?;
        Ok(server)
    }

    /// A new session in a database.
    pub fn connect(&self, database: &str) -> Result<Client, String> {
        Config::new()
            .host_path(self.folder.path())
            .user("postgres")
            .dbname(database)
            .connect(NoTls)
            .map_err(|error| format!("cannot connect to {database}: {error:?}"))
    }

    /// Makes a database as a copy of another one.
    pub fn copy(&self, admin: &mut Client, database: &str, template: &str) -> Result<(), String> {
        let sql = format!("CREATE DATABASE {database} TEMPLATE {template}");
        admin.batch_execute(&sql).map_err(|error| format!("{sql}: {error:?}"))
    }

    /// Removes a database, with whoever is still in it.
    pub fn remove(&self, admin: &mut Client, database: &str) -> Result<(), String> {
        // Each in its own round trip: neither of the first two exists for most databases, and DROP DATABASE wants no transaction.
        let sql = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        admin.batch_execute(&sql).map_err(|error| format!("{sql}: {error:?}"))
    }

    /// Drops every role that a script has made; roles belong to the cluster, so no database may need them any more.
    pub fn remove_roles(&self, admin: &mut Client) -> Result<(), String> {
        let rows = admin
            .simple_query("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname <> 'postgres' AND rolname NOT LIKE 'pg\\_%'")
            .map_err(|error| error.to_string())?;
        for row in rows {
            if let postgres::SimpleQueryMessage::Row(row) = row {
                let role = row.get(0).unwrap_or_default();
                admin.batch_execute(&format!("DROP ROLE {role}")).map_err(|error| format!("DROP ROLE {role}: {error:?}"))?;
            }
        }
        Ok(())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(self.bin.join(program));
        // The server inherits these: a pipe would stay open as long as it lives.
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env_remove("PGHOST").env_remove("PGPORT").env_remove("PGDATA").current_dir(self.folder.path());
        if self.as_nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        let status = command.status().map_err(|error| format!("{program}: {error}"))?;
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        Err(format!("{program} ended with {status}; run it by hand to see why\n{log}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        // Nothing can be done about a server that does not stop, and the folder is removed next.
        let _ = self.run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
    }
}

/// One value of a query that gives one.
pub fn one(client: &mut Client, sql: &str) -> Result<String, String> {
    let rows = client.simple_query(sql).map_err(|error| format!("{sql}: {error:?}"))?;
    for row in rows {
        if let postgres::SimpleQueryMessage::Row(row) = row {
            return Ok(row.get(0).unwrap_or_default().to_string());
        }
    }
    Err(format!("{sql}: no row"))
}

/// Where a server's data go: into memory where there is enough, which takes a third of the time, unless `TMPDIR` says where.
fn place() -> PathBuf {
    const MEMORY: &str = "/dev/shm";
    /// What a server may come to write, mostly its log of changes, and as much again for what else runs.
    const KILOBYTES: u64 = 4 << 20;
    let room = || {
        let told = Command::new("df").args(["-Pk", MEMORY]).output().ok()?;
        let told = String::from_utf8(told.stdout).ok()?;
        told.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    };
    match std::env::var_os("TMPDIR").is_none() && room().is_some_and(|free| free >= KILOBYTES) {
        true => PathBuf::from(MEMORY),
        false => std::env::temp_dir(),
    }
}

/// The folder that holds initdb, pg_ctl and postgres.
fn binaries() -> Result<PathBuf, String> {
    if let Some(folder) = std::env::var_os("BACKOUT_PG_BIN") {
        let folder = PathBuf::from(folder);
        return match folder.join("initdb").is_file() {
            true => Ok(folder),
            false => {
                Err(format!("BACKOUT_PG_BIN={} holds no initdb; point it at a folder such as /usr/lib/postgresql/15/bin", folder.display()))
            }
        };
    }
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let found = debian.into_iter().rev().map(|(_, folder)| folder).chain(on_path).find(|folder| is_server(folder));
    found.ok_or_else(|| {
        "no PostgreSQL server found on PATH or in /usr/lib/postgresql: install one (Debian: apt-get install postgresql-15), \
         or set BACKOUT_PG_BIN to the folder that holds initdb"
            .to_string()
    })
}

fn is_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}
