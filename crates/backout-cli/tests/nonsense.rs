//! Nonsense of every kind: a message with file and line, exit code 1 or 2, no panic, no hang, and other statements still judged.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a release build does in a second or two; tests run unoptimised code on busy machines.
const PATIENCE: Duration = Duration::from_secs(100);

/// What came of it.
struct Outcome {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Judges the rollback below a forward that makes the table `accounts`.
fn judge(rollback: &[u8]) -> Outcome {
    let place = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(place.path().join("forward.sql"), "CREATE TABLE accounts (id int PRIMARY KEY);\n").expect("a file can be written");
    std::fs::write(place.path().join("rollback.sql"), rollback).expect("a file can be written");
    // With a schema, what it does not hold is known to be absent.
    std::fs::write(place.path().join("schema.sql"), "CREATE TABLE customers (id int PRIMARY KEY);\n").expect("a file can be written");
    run(&["check", "--forward", "forward.sql", "--rollback", "rollback.sql", "--schema", "schema.sql"], place.path())
}

fn run(arguments: &[&str], place: &Path) -> Outcome {
    // To files and not to pipes: a report of megabytes would fill a pipe that nobody reads while we wait.
    let (out, err) = (place.join("out.txt"), place.join("err.txt"));
    let file = |path: &Path| Stdio::from(std::fs::File::create(path).expect("a file can be written"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_backout"));
    command.args(arguments).current_dir(place).stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err)).env("NO_COLOR", "1");
    let mut process = command.spawn().expect("backout starts");
    let start = Instant::now();
    let code = loop {
        match process.try_wait().expect("the process can be waited for") {
            Some(status) => break status.code(),
            None if start.elapsed() > PATIENCE => {
                let _ = process.kill();
                panic!("backout {arguments:?} hangs: no answer after {} s", PATIENCE.as_secs());
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let read = |path: &Path| {
        let mut text = Vec::new();
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut text)).expect("the output can be read");
        String::from_utf8_lossy(&text).into_owned()
    };
    Outcome { code, out: read(&out), err: read(&err) }
}

impl Outcome {
    /// It ended by itself, without a panic, and said something of bounded length.
    fn sound(self, what: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(matches!(self.code, Some(0..=2)), "{what}: ended by {:?}\n{}", self.code, shortened(&said));
        assert!(!said.contains("panicked") && !said.contains("defect of backout"), "{what}: {}", shortened(&said));
        assert!(!said.trim().is_empty(), "{what}: says nothing");
        assert!(said.len() < 2_000_000, "{what}: a report of {} bytes: {}", said.len(), shortened(&said));
        self
    }

    fn says(self, code: i32, words: &[&str]) {
        let said = format!("{}{}", self.out, self.err);
        let what = words.join(" … ");
        assert_eq!(self.code, Some(code), "{what}: {}", shortened(&said));
        for word in words {
            assert!(said.contains(word), "`{word}` is missing in: {}", shortened(&said));
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(3000).collect()
}

/// The nonsense, then a statement that fails on this line: unless the server stops at the nonsense, the other one is found.
fn before(nonsense: impl Into<Vec<u8>>, line: usize, what: &str) {
    let mut text = nonsense.into();
    text.extend(b"\nDROP TABLE acounts;\n");
    let outcome = judge(&text).sound(what);
    // A program beyond the limits could do anything, so that all that follows is unknown.
    if outcome.out.contains("beyond 100 levels") {
        assert!(outcome.out.starts_with("unproven") && outcome.out.contains("rollback.sql:1:"), "{what}: {}", shortened(&outcome.out));
        return;
    }
    assert_eq!(outcome.code, Some(1), "{what}: {}", shortened(&outcome.out));
    let found = outcome.out.contains(&format!("rollback.sql:{line}:")) && outcome.out.contains("acounts");
    let stopped = outcome.out.contains("rollback.sql:1:") && outcome.out.contains("= note: ERROR ");
    assert!(found || stopped, "{what}: neither line 1 nor line {line} fails\n{}", shortened(&outcome.out));
}

#[test]
fn binary() {
    let mut numbers = 7u32;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        numbers = numbers.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        numbers.to_be_bytes()[0]
    })
    .take(100_000)
    .collect();
    judge(&bytes).sound("binary").says(2, &["rollback.sql:1:"]);
}

#[test]
fn invalid_utf8_and_nul() {
    judge(b"DROP TABLE accounts;\n-- caf\xe9\n").sound("latin 1").says(2, &["rollback.sql:2:", "UTF-8"]);
    judge(b"DROP TABLE accounts;\n\0\n").sound("NUL").says(2, &["rollback.sql:2:", "NUL"]);
    judge(b"\xff\xfeD\0R\0O\0P\0").sound("UTF-16").says(2, &["rollback.sql:1:", "UTF-16"]);
}

#[test]
fn one_odd_file_does_not_stop_the_others() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &[u8]| std::fs::write(place.path().join(name), text).expect("a file can be written");
    write("1_a.up.sql", b"CREATE TABLE a (id int);\n");
    write("1_a.down.sql", b"DROP TABLE a;\n\0\xff");
    write("2_b.up.sql", b"CREATE TABLE b (id int);\n");
    write("2_b.down.sql", b"DROP TABLE bb;\n");
    run(&["check", "."], place.path()).sound("odd file in a folder").says(1, &["1_a.down.sql:2:", "2_b.down.sql:1:", "bb"]);
}

#[test]
fn line_ends_and_marks() {
    before("\u{feff}-- a mark\r\n;", 3, "BOM and CRLF");
    before("SELECT 1;\r\rSELECT 2;\r", 4, "lone CR");
}

#[test]
fn empty() {
    judge(b"").sound("empty");
    judge(b"\n\n-- nothing\n/* at all */").sound("comments only");
}

#[test]
fn a_million_semicolons() {
    before(";".repeat(1_000_000), 2, "semicolons");
}

#[test]
fn ten_megabytes() {
    before("x".repeat(10_000_000) + ";", 2, "one word");
    before(format!("SELECT '{}';", "x".repeat(10_000_000)), 2, "one string");
    before(format!("-- {}", "x".repeat(10_000_000)), 2, "one comment");
    before("SELECT 1;\n".repeat(100_000), 100_001, "many statements");
}

#[test]
fn nesting() {
    const DEEP: usize = 100_000;
    before(format!("SELECT {};", "(".repeat(DEEP)), 2, "open parentheses");
    before(format!("SELECT {}1{};", "(".repeat(DEEP), ")".repeat(DEEP)), 2, "parentheses");
    before(format!("SELECT {};", "[".repeat(DEEP)), 2, "brackets");
    before(format!("SELECT {}1;", "- ".repeat(DEEP)), 2, "signs");
    before(format!("SELECT {}true;", "NOT ".repeat(DEEP)), 2, "NOT");
    before(format!("SELECT {}1{};", "CASE WHEN true THEN ".repeat(DEEP), " END".repeat(DEEP)), 2, "CASE");
    before(format!("{}SELECT 1{};", "SELECT * FROM (".repeat(DEEP), ") x".repeat(DEEP)), 2, "subqueries");
    before(format!("{}{};", "/*".repeat(DEEP), "*/".repeat(DEEP)), 2, "comments");
    before(format!("DO $${}{}$$;", "BEGIN ".repeat(DEEP), "END;".repeat(DEEP)), 2, "blocks");
    before(format!("DO $$BEGIN {}{} END$$;", "IF true THEN ".repeat(DEEP), "END IF;".repeat(DEEP)), 2, "IF");
}

#[test]
fn chains() {
    const LONG: usize = 100_000;
    let chain = |join: &str| format!("DELETE FROM accounts WHERE id = 1{};", format!(" {join} id = 1").repeat(LONG));
    before(chain("OR"), 2, "OR");
    before(chain("AND"), 2, "AND");
    before(format!("SELECT 1{};", " + 1".repeat(LONG)), 2, "+");
    before(format!("SELECT 'a'{};", " || 'a'".repeat(LONG)), 2, "||");
    before(format!("SELECT 1{};", "::int".repeat(LONG)), 2, "casts");
    before(format!("SELECT 1{};", " UNION SELECT 1".repeat(LONG)), 2, "UNION");
    before(format!("SELECT 1 WHERE 1 IN (1{});", ", 1".repeat(LONG)), 2, "IN");
    before(format!("SELECT 1 FROM accounts{};", ", accounts".repeat(LONG)), 2, "FROM");
    before(format!("SELECT a{};", ".a".repeat(LONG)), 2, "dots");
    before(format!("INSERT INTO accounts VALUES (1){};", ", (1)".repeat(LONG)), 2, "VALUES");
    before(format!("CREATE TABLE wide (c0 int{});", (1..LONG).map(|n| format!(", c{n} int")).collect::<String>()), 2, "columns");
    before(format!("DROP TABLE accounts{};", ", accounts".repeat(LONG)), 2, "DROP");
}

#[test]
fn unterminated() {
    for (text, line) in [
        ("DROP TABLE accounts;\nSELECT 'never closed;\nDROP TABLE x;", 2),
        ("DROP TABLE accounts;\nSELECT \"never closed;\nDROP TABLE x;", 2),
        ("DROP TABLE accounts;\nSELECT E'never closed\\';\nDROP TABLE x;", 2),
        ("DROP TABLE accounts;\n\nDO $body$ BEGIN NULL; END $bod$;\nDROP TABLE x;", 3),
        ("DROP TABLE accounts;\n/* never /* closed */\nDROP TABLE x;", 2),
        ("DROP TABLE accounts;\nSELECT U&'\\zzzz';\nDROP TABLE x;", 2),
    ] {
        let place = format!("rollback.sql:{line}:");
        judge(text.as_bytes()).sound(text).says(1, &[&place]);
    }
}

#[test]
fn many_names_and_tags() {
    let tags: String = (0..20_000).map(|n| format!("$a{n}")).collect();
    judge(format!("SELECT {tags}").as_bytes()).sound("dollar tags");
    let tables: String = (0..5_000).map(|n| format!("CREATE TABLE t{n} (id int REFERENCES accounts); ")).collect();
    before(tables, 2, "tables");
    let names = "é".repeat(100_000);
    before(format!("DROP TABLE IF EXISTS \"{names}\";"), 2, "a long name");
}

#[test]
fn wrong_command_lines() {
    let place = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        &["check", "nowhere"][..],
        &["check", "--forward", "nowhere.sql"],
        &["check", "--format", "nonsense"],
        &["check", "--server-version", "99"],
        &["check", "--forward", "-", "--rollback", "-"],
        &["check"],
        &["explain", "nonsense"],
        &["nonsense"],
    ] {
        let outcome = run(arguments, place.path());
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {}{}", outcome.out, outcome.err);
        assert!(outcome.out.is_empty() && !outcome.err.is_empty(), "{arguments:?}: errors go to standard error: {}", outcome.out);
    }
}
