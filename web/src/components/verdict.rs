//! The verdict: one word, why, and the nine marks in small.

use super::choices::{NEW, STRICT};
use super::prose::{count, plain, prose};
use crate::bridge::Refused;
use crate::browser;
use crate::questions::{self, QUESTIONS, VERDICTS};
use crate::report::{Finding, Migration, Report, Told};
use crate::session::{Activity, Session};
use leptos::prelude::*;

/// The banner.
#[component]
pub fn Banner() -> impl IntoView {
    let session = expect_context::<Session>();
    let pair = session.pair;
    let whole = Memo::new(move |_| match pair.get() {
        Some(_) => None,
        None => session.told.with(|told| told.as_ref().map(|told| tally(&told.report))),
    });
    let folder = move || session.folder.with(|folder| folder.as_ref().map(|folder| folder.files.len()));
    let failed = Memo::new(move |_| match session.activity.get() {
        Activity::Failed(refused) => Some(refused),
        Activity::Working | Activity::Ready => None,
    });
    let verdict = move || {
        pair.with(|pair| pair.as_ref().map(|pair| pair.verdict.clone()))
            .or_else(|| whole.with(|whole| whole.as_ref().map(|whole| whole.verdict.to_owned())))
    };
    let tone = move || if failed.with(Option::is_some) { Some("failed".to_owned()) } else { verdict() };
    // What is ticked among the settings and bears on the verdict. The style shows of it what applies, and a press is one on the box.
    let (strict, new) = (STRICT.0, NEW.0);
    let ticks = format!(
        "<p class=again>The history is judged again.</p><p class=far data-far></p>\
         <p class=on>Judged with <button type=button data-tick=strict>{strict} ✕</button>\
         <button type=button data-tick=assume_new>{new} ✕</button></p>\
         <p class=ask>Was all that the forward makes new? <button type=button data-tick=assume_new>{new}</button></p>"
    );
    let tick = move |event: web_sys::MouseEvent| {
        if let Some(name) = event_target::<web_sys::Element>(&event).get_attribute("data-tick") {
            browser::press(&format!("input[name={name}]"));
        }
    };
    let guarded = move || {
        let any = |told: &Told| told.report.migrations.iter().any(|migration| is_guarded(migration));
        session.told.with(|told| told.as_ref().is_some_and(|told| any(told))).then_some("")
    };
    // A rollback that works does not bring back what is gone.
    let lost = move || {
        pair.with(|pair| pair.as_ref().filter(|pair| pair.verdict == "safe" && pair.answer("lossless") == "no").map(drop))?;
        let what = session.told.with(|told| told.as_ref()?.proofs.first()?.get("lossless").cloned())?;
        Some(format!("But rows older than the forward are lost: {what}."))
    };
    // Half-applied states that only an assumed runner can leave are warned of.
    let assumed = move || {
        let hangs = session.told.with(|told| told.as_ref().is_some_and(|told| told.hangs_on_runner));
        if hangs && pair.with(Option::is_some) { ASSUMED } else { "" }
    };
    let said = move || {
        if let Some(refused) = failed.get() {
            return stopped(&refused);
        }
        match (pair.get(), whole.get()) {
            (Some(pair), _) => {
                let lost = lost().unwrap_or_default();
                format!("Verdict: {}. {} {lost} {}", questions::verdict(&pair.verdict).0, plain(&why(&pair)), assumed())
            }
            (None, Some(whole)) => format!("{}. {} {}", whole.words, plain(&whole.but), whole.others()),
            (None, None) if folder().is_some() => "The history is judged.".to_owned(),
            (None, None) => String::new(),
        }
    };
    view! {
        <section id="verdict" class="verdict" tabindex="-1" aria-label="Verdict" data-verdict=verdict data-tone=tone>
            {move || {
                if let Some(refused) = failed.get() {
                    return view! {
                        <h1>"No answer"</h1>
                        <p>{stopped(&refused)}</p>
                        // The same text would be refused again.
                        <button type="button" hidden=refused.kind == "text" on:click=move |_| session.retry()>"Try again"</button>
                    }.into_any();
                }
                match (pair.get(), whole.get()) {
                    (Some(pair), _) => view! {
                        <h1>{questions::verdict(&pair.verdict).0}</h1>
                        <p>{prose(&why(&pair))}</p>
                        <p class="lost">{lost()}</p>
                        <p class="assumed">{assumed()}</p>
                    }.into_any(),
                    (None, Some(whole)) => view! {
                        <h1>{whole.words}</h1>
                        <p class="but">{prose(&whole.but)}</p>
                        <div class="counts" role="group" aria-label="Show only">{whole.counts.into_iter().map(|(verdict, number, word)| {
                            let pressed = move || (session.only.get() == verdict).to_string();
                            let press = move |_| session.only.update(|only| *only = if *only == verdict { "" } else { verdict });
                            view! { <button type="button" data-only=verdict aria-pressed=pressed on:click=press>{number}" "{word}</button> }
                        }).collect_view()}</div>
                    }.into_any(),
                    (None, None) => {
                        let (title, words) = match folder() {
                            Some(files) => ("Judging the history", format!("{} were read; the verdict appears here.", count(files, "file"))),
                            None => ("Will it roll back?", "Paste the migration and its rollback. The verdict appears here as you type.".to_owned()),
                        };
                        view! { <h1>{title}</h1><p>{words}</p> }.into_any()
                    }
                }
            }}
            <div class="ticks" data-guarded=guarded inner_html=ticks on:click=tick></div>
            <div class="strip" aria-hidden="true" hidden=move || pair.with(Option::is_none)>
                {QUESTIONS.map(|question| view! {
                    <span class="mark" data-mark=move || pair.with(|pair| pair.as_ref().map_or(String::new(), |pair| pair.shown(&question).to_owned()))></span>
                }).collect_view()}
            </div>
            <div class="progress" aria-hidden="true"></div>
            <p class="unseen" role="status" aria-live="polite">{said}</p>
        </section>
    }
}

/// Where the runner that was recognised by nothing decides.
const ASSUMED: &str = "The runner is assumed: chosen under Run by, it would make this unsafe.";

/// Why there is no answer.
fn stopped(refused: &Refused) -> String {
    let message = &refused.message;
    match refused.kind.as_str() {
        "text" => message.clone(),
        "slow" => format!("The analysis was stopped: {message}. The page is fine, and your next change starts it afresh."),
        "unavailable" => format!("The analyser cannot be loaded: {message}."),
        _ => format!("The analyser failed on these scripts ({message}). The page is fine, and your next change starts it afresh."),
    }
}

/// Nothing but whether an object was there before stands in the way: that has a rule of its own.
fn is_guarded(migration: &Migration) -> bool {
    let asked = |finding: &Finding| finding.rule == "guarded-object-dropped" && finding.suppressed.is_none();
    migration.verdict == "unproven" && migration.findings.iter().any(|finding| asked(finding))
}

/// The reason in one sentence, in the report's words where it has some.
fn why(pair: &Migration) -> String {
    let (_, claim) = questions::verdict(&pair.verdict);
    let gap = || pair.gaps.first().map(|gap| gap.reason.clone());
    let reason = match pair.verdict.as_str() {
        "safe" => None,
        "unproven" => gap().or_else(|| pair.worst().map(|finding| finding.message.clone())),
        _ => pair.worst().map(|finding| finding.message.clone()),
    };
    reason.map_or(claim.to_owned(), |reason| sentence(&reason))
}

/// A clause of the report as a sentence.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if clause.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// What a history can be, for somebody whose files are none.
const READ: &str = "A history is the folder of a migration tool, or a document with SQL in fenced blocks.";

/// A history in short.
#[derive(Clone, Debug, PartialEq)]
struct Whole {
    /// Its worst verdict.
    verdict: &'static str,
    /// The headline.
    words: String,
    /// What the headline does not count.
    but: String,
    /// The verdicts that are not safe, how many there are of each, and the word for it.
    counts: Vec<(&'static str, usize, &'static str)>,
}

impl Whole {
    fn others(&self) -> String {
        self.counts.iter().map(|(_, number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
    }
}

fn tally(report: &Report) -> Whole {
    let of = |verdict: &str| report.migrations.iter().filter(|migration| migration.verdict == verdict).count();
    let counts = VERDICTS.map(|(verdict, word)| (verdict, of(verdict), word)).into_iter().filter(|(_, number, _)| *number > 0);
    let mut counts: Vec<_> = counts.collect();
    // What was not looked at is not safe.
    let left_out = report.findings.iter().find(|finding| finding.rule == "history-left-out");
    let worst = counts.first().map_or("unproven", |(verdict, ..)| verdict);
    let words = match report.migrations.len() {
        0 => "Nothing here looks like a migration".to_owned(),
        all if of("safe") == all && left_out.is_none() => format!("All {} are safe", count(all, "rollback")),
        all => format!("{} of {} safe", of("safe"), count(all, "rollback")),
    };
    let words = if left_out.is_some() { format!("{words}, and not all was judged") } else { words };
    let but = left_out.map_or(String::new(), |finding| sentence(&finding.message));
    let but = if report.migrations.is_empty() { READ.to_owned() } else { but };
    counts.retain(|(verdict, ..)| *verdict != "safe");
    Whole { verdict: if left_out.is_some() && worst == "safe" { "unproven" } else { worst }, words, but, counts }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_clause_becomes_a_sentence() {
        assert_eq!(sentence("cannot drop `a`"), "Cannot drop `a`.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_history_is_as_bad_as_its_worst() {
        let migration = |verdict: &str| Migration { verdict: verdict.to_owned(), ..Migration::default() };
        let report = |verdicts: &[&str]| Report {
            migrations: verdicts.iter().map(|verdict| migration(verdict).into()).collect(),
            ..Report::default()
        };
        let told = |report: &Report| {
            let whole = tally(report);
            (whole.verdict, whole.words.clone(), whole.but.clone(), whole.others())
        };
        let words = |words: &str| words.to_owned();
        assert_eq!(told(&report(&[])), ("unproven", words("Nothing here looks like a migration"), words(READ), words("")));
        assert_eq!(told(&report(&["safe", "safe"])), ("safe", words("All 2 rollbacks are safe"), words(""), words("")));
        assert_eq!(
            told(&report(&["safe", "missing", "unproven"])),
            ("unproven", words("1 of 3 rollbacks safe"), words(""), words("1 unproven, 1 without rollback"))
        );
        let mut part = report(&["safe", "safe"]);
        let left_out = Finding { rule: words("history-left-out"), message: words("another is left out"), ..Finding::default() };
        part.findings.push(left_out.into());
        let headline = words("2 of 2 rollbacks safe, and not all was judged");
        assert_eq!(told(&part), ("unproven", headline, words("Another is left out."), words("")));
    }
}
