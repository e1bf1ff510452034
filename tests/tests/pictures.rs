//! On every story: telling what each statement does changes no answer, and every picture of it is drawn.

use backout::report::picture::{Kind, draw};
use backout::source::Source;
use backout::{Input, Options, Teller};
use backout_tests::story::stories;
use serde_json::Value;

#[test]
fn details_change_no_answer_and_make_pictures() {
    let mut drawn = [0; 3];
    for story in stories("postgresql") {
        let source = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
        let forward = source("forward.sql", &story.forward);
        let rollback = source("rollback.sql", &story.rollback);
        let baseline = story.baseline.as_ref().and_then(|text| source("baseline.sql", text));
        let report = |details: bool| {
            let options = Options { details: details.then_some(Teller::ALL), ..Options::default() };
            backout::check(&Input::pair(forward.clone(), rollback.clone(), baseline.clone(), options))
        };
        let (plain, told) = (report(false), report(true));
        let without = |report: &backout::report::Report| {
            let mut value = serde_json::to_value(report).expect("a report is JSON");
            for migration in value["migrations"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                migration.remove("details");
            }
            value
        };
        assert_eq!(without(&plain), without(&told), "{}", story.place());
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            let Some(picture) = told.migrations.first().and_then(|migration| draw(kind, migration, "a")) else { continue };
            drawn[at] += 1;
            let opened = picture.svg.matches("<g ").count();
            assert_eq!(opened, picture.svg.matches("</g>").count(), "{}", story.place());
            assert!(!picture.svg.contains("NaN") && !picture.summary.is_empty(), "{}", story.place());
        }
    }
    assert!(drawn.iter().all(|count| *count > 100), "{drawn:?}");
}
