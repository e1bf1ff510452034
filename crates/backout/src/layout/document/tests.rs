//! What is read from documents: the sections, their SQL, and what is wrong with the commands.

use crate::layout::plan;
use crate::source::Source;
use expect_test::{Expect, expect};
use std::fmt::Write;

fn read(path: &str, text: &str, expected: Expect) {
    let source = Source { path: path.into(), text: text.into() };
    let plan = plan(std::slice::from_ref(&source), None);
    let mut out = String::new();
    for migration in &plan.migrations {
        let part = migration.rollback.as_ref().expect("a section is a rollback");
        let script = part.script(&source, plan.runner);
        let _ = writeln!(out, "{}", migration.id);
        for statement in &script.statements {
            let _ = writeln!(out, "    {}", statement.span.of(text).replace('\n', " "));
        }
    }
    for problem in &plan.problems {
        let line = problem.span.map_or(0, |span| text[..span.start as usize].lines().count().max(1));
        let _ = writeln!(out, "{:?} about line {line}: {}", problem.kind, problem.message);
    }
    expected.assert_eq(&out);
}

#[test]
fn each_section_is_a_rollback() {
    read(
        "guide.md",
        "# Guide\n\n## 2_orders.sql\n\n```sql\nDROP VIEW IF EXISTS totals;\nDROP TABLE orders;\n```\n\nCheck it:\n\n```sql\nSELECT 1;\n```\n\n## 1_users.sql ##\n\n~~~ postgresql\nDROP TABLE users;\n~~~\n\n## Only looks\n\n```sql\nSELECT count(*) FROM users;\n```\n\n```js\nDROP TABLE never;\n```\n",
        expect![[r#"
            2_orders.sql
                DROP VIEW IF EXISTS totals
                DROP TABLE orders
                SELECT 1
            1_users.sql
                DROP TABLE users
        "#]],
    );
}

#[test]
fn commands_hand_sql_to_psql() {
    read(
        "runbook.md",
        "### Drop\n\n```bash\n# psql -c \"DROP TABLE comment\"\nsudo psql -h db \\\n  -v ON_ERROR_STOP=1 -c \"DROP SCHEMA a CASCADE; CREATE SCHEMA a;\"\nPGPASSWORD=x /usr/bin/psql -c 'ALTER TABLE \"T\" DROP COLUMN c' | tee log\ndocker exec -i pg psql --set ON_ERROR_STOP=on << 'EOF'\nDROP TABLE b;\n-- ... and the others\nEOF\necho \"psql -c 'DROP TABLE no'\"\npsql -c \"DROP TABLE $NAME\"\n```\n",
        expect![[r#"
            Drop
                DROP SCHEMA a CASCADE
                CREATE SCHEMA a
                ALTER TABLE "T" DROP COLUMN c
                DROP TABLE b
            Environment about line 13: the shell fills in a part of this SQL, so it is not read
        "#]],
    );
}

#[test]
fn what_goes_wrong_around_the_sql_is_told() {
    read(
        "rollback.sh",
        "set -e\nSTAMP=$(date +%s)\npg_dump -f \"/tmp/failed_$STAMP.sql\" app\npsql -d app << EOF\nDROP VIEW a;\nDROP VIEW b;\nEOF\nDROP VIEW IF EXISTS c CASCADE;\npg_restore -d app backup.dump 2>&1 | tee log\nSTATUS=$?\nif [ -f \"/tmp/data_${STAMP}.sql\" ]; then\n  psql -v ON_ERROR_STOP=1 -d app -f \"/tmp/data_${STAMP}.sql\"\nfi\npsql -v ON_ERROR_STOP=1 -f \"/tmp/failed_$STAMP.sql\"\npsql -f schema.sql\nSELECT id FROM t WHERE id IN (SELECT 1);\n",
        expect![[r#"
            rollback.sh
                DROP VIEW a
                DROP VIEW b
            OutsidePsql about line 7: `DROP VIEW IF EXISTS c` stands outside of psql: the shell looks for a program of that name
            OutsidePsql about line 15: `SELECT id FROM t WHERE` stands outside of psql: the shell looks for a program of that name
            ErrorsGoOn about line 3: psql goes on after an error here: what follows runs on a state that nobody foresaw, and the exit status is 0
            ErrorsGoOn about line 14: psql goes on after an error here: what follows runs on a state that nobody foresaw, and the exit status is 0
            StatusOfPipe about line 8: `$?` after the pipe is the status of `tee`, so a failure of `pg_restore` goes unnoticed
            NeverThere about line 12: `/tmp/data_${STAMP}.sql` is named after the moment at which $STAMP is set, so no earlier backup has this name
        "#]],
    );
}

#[test]
fn a_transaction_between_paragraphs_is_a_script() {
    read(
        "notes.txt",
        "Rollback (verbatim)\n\nBEGIN;\n\nDROP TABLE a;\nCOMMIT;\n\nSafe: it is in BEGIN/COMMIT.\n",
        expect![[r#"
        notes.txt
            BEGIN
            DROP TABLE a
            COMMIT
    "#]],
    );
}

#[test]
fn what_never_ends_is_read_to_the_end() {
    for text in
        ["psql -c \"DROP TABLE a", "psql << EOF\nDROP TABLE a;", "psql -c $(", "psql <<", "psql -c '", "\\", "a \\\r", "psql --command="]
    {
        let source = Source { path: "a.sh".into(), text: text.into() };
        plan(&[source], None);
    }
    let text = format!("```bash\npsql -c \"{}", "$(".repeat(20_000));
    plan(&[Source { path: "a.md".into(), text }], None);
}
