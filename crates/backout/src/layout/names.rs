//! Taking file names apart: folders, versions, directions.

/// The folder of a path, empty for a bare name.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/').and_then(|at| path.get(..at)).unwrap_or("")
}

/// The last component of a path.
pub(super) fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name without its `.sql`, whatever its case.
pub(super) fn stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.split_at_checked(name.len().checked_sub(4)?)?;
    (!stem.is_empty() && extension.eq_ignore_ascii_case(".sql")).then_some(stem)
}

/// The leading number of a name and what follows it. Numbers that do not fit are as large as can be.
pub(super) fn number(name: &str) -> Option<(u128, &str)> {
    let end = name.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(name.len());
    let (digits, rest) = name.split_at_checked(end)?;
    (!digits.is_empty()).then(|| (digits.parse().unwrap_or(u128::MAX), rest))
}

/// Whether a folder's name says that it is PostgreSQL's (1), another database's (-1), or nothing (0).
pub(super) fn database(folder: &str) -> i32 {
    let has = |names: &[&str]| folder.split(['/', '_', '-']).any(|part| names.iter().any(|name| part.eq_ignore_ascii_case(name)));
    if has(&["postgres", "postgresql", "pg", "pgsql", "psql"]) {
        1
    } else if has(&[
        "mysql",
        "mariadb",
        "sqlite",
        "sqlite3",
        "mssql",
        "sqlserver",
        "oracle",
        "clickhouse",
        "cassandra",
        "mongodb",
        "spanner",
    ]) {
        -1
    } else {
        0
    }
}
