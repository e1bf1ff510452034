//! A dropped history: one row per migration, and the way back to it from one that is open.

use super::prose::count;
use crate::browser;
use crate::questions::{self, QUESTIONS, Question, VERDICTS};
use crate::report::{Migration, Report};
use crate::route::Route;
use crate::session::Session;
use leptos::prelude::*;
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    History,
    Verdict,
    Findings,
}

/// The table.
#[component]
pub fn Table() -> impl IntoView {
    let session = expect_context::<Session>();
    let order = RwSignal::new(Order::Verdict);
    let told = move || if session.folder.with(Option::is_some) { session.history.get() } else { None };
    let rows = Memo::new(move |_| {
        let Some(told) = told() else { return Vec::new() };
        let mut rows = sorted(&told.report, order.get());
        let only = session.only.get();
        // None of a kind is left when the history was judged again.
        if rows.iter().any(|(_, row)| row.verdict == only) {
            rows.retain(|(_, row)| row.verdict == only);
        }
        rows
    });
    let name = move || session.folder.with(|folder| folder.as_ref().map_or(String::new(), |folder| folder.name.clone()));
    let about = move || {
        told().map_or("Reading the history…".to_owned(), |told| {
            let layout = told.report.layout.as_deref().unwrap_or("plain");
            let (all, shown) = (told.report.migrations.len(), rows.with(Vec::len));
            let of = if shown < all { format!("{shown} of ") } else { String::new() };
            format!("{of}{}, laid out as {layout}, run by {}", count(all, "migration"), told.report.runner)
        })
    };
    let unwind = move || {
        let told = told()?;
        let unwind = told.report.unwind.as_ref()?;
        Some(match (unwind.answer.as_str(), &unwind.stops_at) {
            ("yes", _) => "All rollbacks together, newest first, bring back the start.".to_owned(),
            ("no", Some(at)) => format!(
                "Rolling everything back, newest first, stops at {at}{}.",
                unwind.sqlstate.as_ref().map_or(String::new(), |state| format!(" with {state}"))
            ),
            ("no", None) => "Rolling everything back does not bring back the start.".to_owned(),
            _ => "Whether everything can be rolled back is not known.".to_owned(),
        })
    };
    let by = move |of: Order| (order.get() == of).then_some(if of == Order::History { "ascending" } else { "descending" });
    view! {
        <section class="history" aria-labelledby="history-title">
            <div class="over-table">
                <h2 id="history-title">{name}<span>{about}</span></h2>
                <button type="button" on:click=move |_| session.leave()>"Close the history"</button>
            </div>
            <p>{unwind}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Migrations">
                <table>
                    <thead>
                        <tr>
                            <th scope="col" aria-sort=move || by(Order::History)><button type="button" on:click=move |_| order.set(Order::History)>"Migration"</button></th>
                            <th scope="col" aria-sort=move || by(Order::Verdict)><button type="button" on:click=move |_| order.set(Order::Verdict)>"Verdict"</button></th>
                            <th scope="col">"Answers"</th>
                            <th scope="col" aria-sort=move || by(Order::Findings)><button type="button" on:click=move |_| order.set(Order::Findings)>"Findings"</button></th>
                            <th scope="col" class="why">"Why"</th>
                        </tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(|(index, row)| one(index, &row)).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn sorted(report: &Report, order: Order) -> Vec<(usize, Arc<Migration>)> {
    let mut rows: Vec<_> = report.migrations.iter().cloned().enumerate().collect();
    match order {
        Order::History => {}
        Order::Verdict => rows.sort_by_key(|(_, row)| VERDICTS.iter().position(|(verdict, _)| *verdict == row.verdict)),
        Order::Findings => rows.sort_by_key(|(_, row)| std::cmp::Reverse(weight(row))),
    }
    rows
}

/// Errors before warnings before notes.
fn weight(row: &Migration) -> (usize, usize, usize) {
    let of = |severity: &str| row.findings.iter().filter(|finding| finding.suppressed.is_none() && finding.severity == severity).count();
    (of("error"), of("warning"), of("note"))
}

fn one(index: usize, row: &Migration) -> impl IntoView + use<> {
    let (errors, warnings, notes) = weight(row);
    let found: Vec<_> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    let why = row.worst().filter(|_| row.verdict != "safe").map(|finding| super::prose::plain(&finding.message));
    let marks = QUESTIONS.map(|question| {
        view! { <span class="mark" data-mark=row.shown(&question).to_owned() title=said(row, &question)></span> }
    });
    let words: Vec<_> = QUESTIONS.iter().map(|question| said(row, question)).collect();
    view! {
        <tr data-row=index data-migration=row.id.clone() data-row-verdict=row.verdict.clone()>
            <th scope="row"><button type="button" class="jump" on:click=move |_| browser::go(&format!("/row/{index}")) inner_html=parted(&row.id)></button></th>
            <td><span class="badge" data-tone=row.verdict.clone()>{questions::verdict(&row.verdict).0}</span></td>
            <td><span class="marks" role="img" aria-label=words.join("; ")>{marks.collect_view()}</span></td>
            <td class="found">{found.join(", ")}</td>
            <td class="why">{why}</td>
        </tr>
    }
}

/// A name as HTML that breaks between its words, if it must.
fn parted(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('_', "_<wbr>").replace('/', "/<wbr>")
}

/// An answer in words.
fn said(row: &Migration, question: &Question) -> String {
    let answer = match row.shown(question) {
        "" => "there is no rollback",
        answer => answer,
    };
    format!("{}: {answer}", question.claim)
}

/// Above the editors while a migration of a history is open.
#[component]
pub fn Crumb() -> impl IntoView {
    let session = expect_context::<Session>();
    let name = move || {
        let index = session.opened.get()?;
        session.history.with(|told| Some(told.as_ref()?.report.migrations.get(index)?.id.clone()))
    };
    // As the browser's own way back; a link may have taken the place of the row in the address.
    let back = move |_| if let Route::Row(_) = Route::of(&browser::fragment()) { browser::back() } else { session.close() };
    let before = move || session.texts.with(|texts| !texts.baseline.trim().is_empty());
    let on = move || if before() { ", on the schema that the forwards before it leave" } else { "" };
    view! {
        <p class="crumb" hidden=move || session.opened.get().is_none()>
            <button type="button" on:click=back>"← Back to the history"</button>
            <span>{move || name().map(|name| format!("{name}{}", on()))}</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_breaks_between_its_words_and_is_no_markup() {
        assert_eq!(parted("up/1_a"), "up/<wbr>1_<wbr>a");
        assert_eq!(parted("<img src=x onerror=hit=1>&lt;"), "&lt;img src=x onerror=hit=1>&amp;lt;");
    }

    #[test]
    fn the_worst_comes_first_when_sorted_by_verdict() {
        let migration = |id: &str, verdict: &str| Migration { id: id.to_owned(), verdict: verdict.to_owned(), ..Migration::default() };
        let report =
            [("1", "safe"), ("2", "missing"), ("3", "unsafe"), ("4", "unproven")].map(|(id, verdict)| Arc::new(migration(id, verdict)));
        let report = Report { migrations: report.into(), ..Report::default() };
        let ids = |order| sorted(&report, order).iter().map(|(index, row)| format!("{index}{}", row.id)).collect::<Vec<_>>();
        assert_eq!(ids(Order::History), ["01", "12", "23", "34"]);
        assert_eq!(ids(Order::Verdict), ["23", "34", "12", "01"]);
    }
}
