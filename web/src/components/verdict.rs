//! The verdict: one word, why, and the nine marks in small.

use super::prose::{count, plain, prose};
use crate::bridge::Refused;
use crate::questions::{self, QUESTIONS};
use crate::report::{Migration, Report};
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
    let failed = Memo::new(move |_| match session.activity.get() {
        Activity::Failed(refused) => Some(refused),
        Activity::Working | Activity::Ready => None,
    });
    let verdict = move || {
        pair.with(|pair| pair.as_ref().map(|pair| pair.verdict.clone()))
            .or_else(|| whole.with(|whole| whole.as_ref().map(|(verdict, ..)| (*verdict).to_owned())))
    };
    let tone = move || if failed.with(Option::is_some) { Some("failed".to_owned()) } else { verdict() };
    // A rollback that works does not bring back what is gone.
    let lost = move || {
        pair.with(|pair| pair.as_ref().filter(|pair| pair.verdict == "safe" && pair.answer("lossless") == "no").map(drop))?;
        let what = session.told.with(|told| told.as_ref()?.proofs.first()?.get("lossless").cloned())?;
        Some(format!("But rows older than the forward are lost: {what}."))
    };
    let said = move || {
        if let Some(refused) = failed.get() {
            return stopped(&refused);
        }
        match (pair.get(), whole.get()) {
            (Some(pair), _) => {
                format!("Verdict: {}. {} {}", questions::verdict(&pair.verdict).0, plain(&why(&pair)), lost().unwrap_or_default())
            }
            (None, Some((_, words, others))) => format!("{words}. {others}"),
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
                    }.into_any(),
                    (None, Some((_, words, others))) => view! { <h1>{words}</h1><p>{others}</p> }.into_any(),
                    (None, None) => view! {
                        <h1>"Will it roll back?"</h1>
                        <p>"Paste the migration and its rollback. The verdict appears here as you type."</p>
                    }.into_any(),
                }
            }}
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

/// The worst verdict of a history, and how many there are of each.
fn tally(report: &Report) -> (&'static str, String, String) {
    let of = |verdict: &str| report.migrations.iter().filter(|migration| migration.verdict == verdict).count();
    let worst = ["unsafe", "missing", "unproven", "irreversible", "safe"].into_iter().find(|verdict| of(verdict) > 0).unwrap_or("unproven");
    let words = match report.migrations.len() {
        0 => "Nothing here looks like a migration".to_owned(),
        all if of("safe") == all => format!("All {} are safe", count(all, "rollback")),
        all => format!("{} of {} safe", of("safe"), count(all, "rollback")),
    };
    let others = [("unsafe", "unsafe"), ("missing", "without rollback"), ("unproven", "unproven"), ("irreversible", "irreversible")];
    let others = others.into_iter().map(|(verdict, word)| (of(verdict), word)).filter(|(number, _)| *number > 0);
    let others: Vec<_> = others.map(|(number, word)| format!("{number} {word}")).collect();
    let others = if report.migrations.is_empty() { READ.to_owned() } else { others.join(", ") };
    (worst, words, others)
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
        assert_eq!(tally(&report(&[])), ("unproven", "Nothing here looks like a migration".to_owned(), READ.to_owned()));
        assert_eq!(tally(&report(&["safe", "safe"])), ("safe", "All 2 rollbacks are safe".to_owned(), String::new()));
        assert_eq!(
            tally(&report(&["safe", "unproven", "missing"])),
            ("missing", "1 of 3 rollbacks safe".to_owned(), "1 without rollback, 1 unproven".to_owned())
        );
    }
}
