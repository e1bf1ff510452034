use super::{Kind, draw};
use crate::source::Source;
use crate::{Input, Options, check};
use expect_test::{Expect, expect};

fn details() -> Options {
    Options { details: true, ..Options::default() }
}

fn pair(forward: &str, rollback: &str, schema: &str) -> Input {
    let file = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
    Input::pair(file("up.sql", forward), file("down.sql", rollback), file("schema.sql", schema), details())
}

/// The pictures in words.
fn words(kind: Kind, input: &Input, expected: Expect) {
    let report = check(input);
    let picture = draw(kind, &report.migrations[0], "a").expect("there is a picture");
    expected.assert_eq(&format!("{}\n{}\n", picture.summary, picture.text.join("\n")));
}
