//! What odd and huge input must not do: overflow a small stack, take quadratic time, or pass as something it is not.

use super::statement;
use crate::op::{GapKind, Op};

/// Reads and drops the statement on a stack as small as a browser's worker may have; says what came of it.
fn outcome(sql: String) -> String {
    // Frames of an unoptimised build are several times as large.
    let stack = if cfg!(debug_assertions) { 4 << 20 } else { 512 << 10 };
    let thread = std::thread::Builder::new().stack_size(stack);
    let run = move || match statement(&sql, 17) {
        Op::Invalid(rejection) => rejection.message,
        Op::Gap(gap) if gap.kind == GapKind::Limit => format!("limit: {}", gap.reason),
        Op::Gap(gap) => format!("gap: {}", gap.reason),
        _ => "ok".to_owned(),
    };
    thread.spawn(run).expect("a thread").join().expect("no panic and no overflow")
}

/// Every way to nest, as what opens and what closes a level.
const NESTS: [(&str, &str); 20] = [
    ("(", ")"),
    ("(1 + ", ")"),
    ("a AND (b OR c = d + ", ")"),
    ("f(", ")"),
    ("NOT ", ""),
    ("- ", ""),
    ("@ ", ""),
    ("CASE WHEN ", " THEN 1 END"),
    ("CASE WHEN a THEN 1 ELSE ", " END"),
    ("ARRAY[", "]"),
    ("(SELECT ", ")"),
    ("(SELECT a FROM t WHERE b = ", ")"),
    ("EXISTS (SELECT 1 WHERE 1 = ", ")"),
    ("1 IN (", ")"),
    ("CAST(", " AS int)"),
    ("coalesce(", ", 2)"),
    ("ROW(", ")"),
    ("a[", "]"),
    ("(WITH x AS (SELECT ", ") SELECT 1)"),
    ("(SELECT 1 FROM (SELECT ", ") s)"),
];

#[test]
fn deep_nesting_is_a_limit_and_no_overflow() {
    for (open, close) in NESTS {
        for depth in [20, 1_000, 20_000] {
            let sql = format!("SELECT {}1{}", open.repeat(depth), close.repeat(depth));
            let outcome = outcome(sql);
            if depth == 20 {
                assert_eq!(outcome, "ok", "{open}1{close}");
            } else {
                assert!(outcome.starts_with("limit: ") || outcome.starts_with("syntax error"), "{open}1{close} {depth}: {outcome}");
            }
        }
    }
}

#[test]
fn other_nests_are_limits_too() {
    let many = 5_000;
    for sql in [
        format!("SELECT 1 FROM {}t{}", "(".repeat(many), ")".repeat(many)),
        format!("SELECT 1 FROM {}t{}", "(t JOIN ".repeat(many), " ON true)".repeat(many)),
        format!("SELECT 1 FROM {}t{}", "t JOIN ".repeat(many), " ON true".repeat(many)),
        format!("{}SELECT 1{}", "(".repeat(many), ")".repeat(many)),
        format!("{}SELECT 1", "EXPLAIN ".repeat(many)),
        format!("SELECT 1 GROUP BY {}1{}", "GROUPING SETS (".repeat(many), ")".repeat(many)),
        format!("SELECT a{}", "[1]".repeat(many)),
        format!("SELECT a{}", "::int".repeat(many)),
        format!("SELECT a{}", " || a".repeat(many)),
        format!("SELECT a{}", " COLLATE \"C\"".repeat(many)),
        format!("SELECT a{}", " IS NULL".repeat(many)),
        format!("SELECT 1{}", " UNION SELECT 1 EXCEPT SELECT 1".repeat(many)),
        format!("SELECT 1 FROM t{}", " CROSS JOIN t".repeat(many)),
    ] {
        let head: String = sql.chars().take(40).collect();
        let outcome = outcome(sql);
        assert!(outcome.starts_with("limit: ") || outcome.starts_with("syntax error"), "{head}: {outcome}");
    }
}

#[test]
fn flat_and_long_is_fine() {
    let many = 100_000;
    for sql in [
        format!("SELECT a = 1{}", " AND a = 1".repeat(many)),
        format!("SELECT a{}", " OR b".repeat(many)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(many)),
        format!("SELECT a IN (1{})", ", 1".repeat(many)),
        format!("SELECT 1 FROM t{}", ", t".repeat(many)),
        format!("SELECT '{}'", "x".repeat(10_000_000)),
        format!("CREATE TABLE t (c0 int{})", (1..50_000).map(|n| format!(", c{n} int")).collect::<String>()),
    ] {
        let head: String = sql.chars().take(40).collect();
        assert_eq!(outcome(sql), "ok", "{head}");
    }
}

#[test]
fn a_large_insert_keeps_its_first_rows() {
    let rows: String = (1..200_000).map(|n| format!(", ({n}, 'some text that is long enough to fill the megabytes')")).collect();
    let sql = format!("INSERT INTO t (a, b) VALUES (0, 'x'){rows} ON CONFLICT (a) DO NOTHING");
    let Op::Insert(insert) = statement(&sql, 17) else { panic!("no insert") };
    assert_eq!((insert.table.name.as_str(), insert.more_rows, insert.on_conflict.is_some()), ("t", 198_000, true));
    assert_eq!(outcome(sql.replace("(150000,", "(150000 ,, ")), "syntax error at or near \",\"");
    assert_eq!(outcome(sql.replace("ON CONFLICT", "ON CONFLICTS")), "syntax error at or near \"CONFLICTS\"");
    assert_eq!(outcome(format!("SELECT 1{}", " + 1".repeat(300_000))), "limit: a statement of more than 500,000 tokens");
}
