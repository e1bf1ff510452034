//! The findings: what is wrong, where, with the server's words, and what to do.

use super::prose::{count, prose};
use super::verdict::sentence;
use crate::report::{At, Finding, Witness};
use crate::session::Session;
use crate::state::{Side, Texts};
use leptos::prelude::*;
use litemap::LiteMap;
use std::sync::Arc;

/// So many are shown before somebody asks for more.
const MOST: usize = 50;

/// More findings of one kind than these are one line that opens.
const FEW: usize = 3;

/// The list.
#[component]
pub fn Findings() -> impl IntoView {
    let session = expect_context::<Session>();
    let all = Memo::new(move |_| {
        let opened = session.folder.with(Option::is_none) || session.opened.get().is_some();
        session.told.with(|told| {
            let Some(told) = told else { return Vec::new() };
            let of_pair = told.report.migrations.iter().filter(|_| opened).flat_map(|migration| &migration.findings);
            told.report.findings.iter().chain(of_pair).cloned().collect::<Vec<_>>()
        })
    });
    let hidden = move || session.settings.with(|settings| settings.rules_off.clone());
    let shown = Memo::new(move |_| {
        let hidden = hidden();
        all.with(|all| worst_first(all.iter().filter(|finding| !hidden.contains(&finding.rule)).cloned().collect()))
    });
    let left_out = move || all.with(Vec::len) - shown.with(Vec::len);
    let most = RwSignal::new(MOST);
    let unfolded = Unfolded::default();
    let counts = move || {
        shown.with(|shown| {
            let of = |severity: &str| shown.iter().filter(|finding| finding.suppressed.is_none() && finding.severity == severity).count();
            let words = [("error", of("error")), ("warning", of("warning")), ("note", of("note"))];
            let words: Vec<_> = words.into_iter().filter(|(_, number)| *number > 0).map(|(word, number)| count(number, word)).collect();
            words.join(", ")
        })
    };
    // The findings of a history stand in its rows.
    let whole = move || session.folder.with(Option::is_some) && session.opened.get().is_none();
    let nothing = move || session.told.with(Option::is_none) || (whole() && all.with(Vec::is_empty));
    let more = move || shown.with(|shown| grouped(shown).iter().skip(most.get()).map(Vec::len).sum::<usize>());
    view! {
        <section class="findings" aria-labelledby="findings-title" hidden=nothing>
            <h2 id="findings-title">"Findings"<span>{counts}</span></h2>
            <ol>
                {move || {
                    let texts = session.texts.get_untracked();
                    let shown = shown.read();
                    let groups = grouped(&shown).into_iter().take(most.get());
                    groups.filter_map(|group| several(session, &texts, &shown, &group, unfolded)).collect_view()
                }}
            </ol>
            <p class="none" hidden=move || shown.with(|shown| !shown.is_empty())>"Nothing to report."</p>
            <button type="button" hidden=move || more() == 0 on:click=move |_| most.update(|most| *most += 500)>
                {move || format!("Show {} more", more())}
            </button>
            <p class="none" hidden=move || left_out() == 0>
                {move || format!("{} of rules that you turned off. They count for the verdict all the same. ", count(left_out(), "finding"))}
                <button type="button" on:click=move |_| session.choose(&|settings| settings.rules_off.clear())>"Show all"</button>
            </p>
        </section>
    }
}

/// The findings by severity, what a comment ignores last; else as they stand in the scripts.
fn worst_first(mut findings: Vec<Arc<Finding>>) -> Vec<Arc<Finding>> {
    let rank = |finding: &Finding| ["error", "warning", "note"].iter().position(|severity| finding.severity == *severity);
    findings.sort_by_key(|finding| (finding.suppressed.is_some(), rank(finding)));
    findings
}

/// What is folded together: the notes and warnings of a rule, its errors at one place, and apart from them what a comment ignores.
type Kind = String;

/// The kinds that somebody unfolded, so that they stay so while the scripts are changed.
type Unfolded = StoredValue<Vec<Kind>>;

fn kind(finding: &Finding) -> Kind {
    let Finding { rule, severity, suppressed, at, .. } = finding;
    let mut kind = format!("{rule} {severity} {}", suppressed.is_some());
    if let Some(at) = at.as_ref().filter(|_| severity == "error") {
        kind = format!("{kind} {} {}", at.path, at.start);
    }
    kind
}

/// The numbers of the findings: each by itself, but many of one kind together, where the first of them stands. What is worse than a
/// note is not told by a count alone: the first of it stands by itself.
fn grouped(findings: &[Arc<Finding>]) -> Vec<Vec<usize>> {
    // How many there are, and in which group they are once there is one.
    let mut kinds: LiteMap<Kind, (usize, Option<usize>)> = LiteMap::new();
    for finding in findings {
        kinds.entry(kind(finding)).or_default().0 += 1;
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (number, finding) in findings.iter().enumerate() {
        let Some((_, at)) = kinds.get_mut(&kind(finding)).filter(|(all, _)| *all > FEW) else {
            groups.push(vec![number]);
            continue;
        };
        if let Some(group) = at.and_then(|at| groups.get_mut(at)) {
            group.push(number);
            continue;
        }
        groups.push(vec![number]);
        if finding.severity != "note" {
            groups.push(Vec::new());
        }
        *at = groups.len().checked_sub(1);
    }
    groups
}

/// A group: its only finding, or a line that opens.
fn several(session: Session, texts: &Texts, findings: &[Arc<Finding>], group: &[usize], unfolded: Unfolded) -> Option<AnyView> {
    let first = findings.get(*group.first()?)?;
    let rest = group.len() - 1;
    if rest == 0 {
        return Some(one(session, texts, first).into_any());
    }
    let kind = kind(first);
    let open = unfolded.with_value(|unfolded| unfolded.contains(&kind));
    // What is folded is made when somebody opens it: there may be thousands, and each keystroke makes the list anew.
    let opened = RwSignal::new(open);
    let all: Vec<_> = group.iter().filter_map(|number| findings.get(*number).cloned()).collect();
    let all = move || {
        opened.get().then(|| session.texts.with_untracked(|texts| all.iter().map(|finding| one(session, texts, finding)).collect_view()))
    };
    let toggle = move |event: web_sys::Event| {
        let open = event_target::<web_sys::Element>(&event).has_attribute("open");
        opened.set(open);
        unfolded.update_value(|unfolded| {
            unfolded.retain(|other| *other != kind);
            if open {
                unfolded.push(kind.clone());
            }
        });
    };
    Some(
        view! {
            <li class="group" data-severity=first.severity.clone() data-suppressed=first.suppressed.is_some().then_some("")>
                <details open=open on:toggle=toggle>
                    <summary>
                        <span class="severity">{count(group.len(), &first.severity)}</span>
                        <span>{prose(&sentence(&first.message))}" And "{rest}" more like it."</span>
                    </summary>
                    <ol>{all}</ol>
                </details>
            </li>
        }
        .into_any(),
    )
}

fn one(session: Session, texts: &Texts, finding: &Finding) -> impl IntoView + use<> {
    let at = finding.at.clone();
    let side = at.as_ref().and_then(|at| Side::of(&at.path));
    let line = at.as_ref().map_or(0, |at| at.line);
    let jump = place(session, at.as_ref(), side);
    let related = finding.related.iter().map(|other| {
        let side = Side::of(&other.at.path);
        view! { <li>{prose(&sentence(&other.message))}" "{place(session, Some(&other.at), side)}</li> }
    });
    let related = (!finding.related.is_empty()).then(|| view! { <ul class="related">{related.collect_view()}</ul> });
    let excerpt = side.zip(at.as_ref()).and_then(|(side, at)| excerpt(side.text(texts), at));
    let rule = finding.rule.clone();
    let fix = finding.fix.clone().map(|fix| {
        let title = fix.title.clone();
        view! { <p><button type="button" class="fix" on:click=move |_| session.apply(&fix)>{sentence(&super::prose::plain(&title)).trim_end_matches('.').to_owned()}</button></p> }
    });
    view! {
        <li class="finding" data-rule=finding.rule.clone() data-line=line data-side=side.map(Side::id) data-severity=finding.severity.clone()
            data-suppressed=finding.suppressed.is_some().then_some("")>
            <div class="head">
                <span class="severity">{finding.severity.clone()}</span>
                <p class="message">{prose(&sentence(&finding.message))}</p>
            </div>
            <div class="body">
                {excerpt.map(|(before, marked, after)| view! { <pre><code>{before}<mark>{marked}</mark>{after}</code></pre> })}
                {finding.witness.as_ref().map(witness)}
                {finding.help.as_ref().map(|help| view! { <p class="help">{prose(&sentence(help))}</p> })}
                {related}
                {fix}
                {finding.suppressed.clone().map(|reason| view! { <p class="help">"Ignored by a comment: "{reason}</p> })}
                <p class="feet">{jump}<a href=format!("#/rules/{rule}")>{rule.clone()}</a></p>
            </div>
        </li>
    }
}

/// Where it is; a button if it can be shown.
fn place(session: Session, at: Option<&At>, side: Option<Side>) -> Option<AnyView> {
    let at = at?.clone();
    Some(match side {
        Some(side) => {
            let words = format!("{}, line {}", side.label(), at.line);
            let go = move |_| session.reveal(side, at.line, at.column, at.end_line, at.end_column);
            view! { <button type="button" class="jump" on:click=go>{words}</button> }.into_any()
        }
        None => view! { <span class="jump">{format!("{}:{}", at.path, at.line)}</span> }.into_any(),
    })
}

/// The first line of a place, parted where the place begins and ends in it.
fn excerpt(text: &str, at: &At) -> Option<(String, String, String)> {
    const LONGEST: usize = 240;
    let line = text.lines().nth(at.line.checked_sub(1)? as usize)?;
    if line.trim().is_empty() || line.chars().count() > LONGEST {
        return None;
    }
    let letters: Vec<char> = line.chars().collect();
    let start = (at.column as usize).saturating_sub(1).min(letters.len());
    let end = if at.end_line == at.line { (at.end_column as usize).saturating_sub(1).clamp(start, letters.len()) } else { letters.len() };
    let part = |from: usize, to: usize| letters.get(from..to).unwrap_or_default().iter().collect::<String>();
    Some((part(0, start), part(start, end), part(end, letters.len())))
}

/// The evidence: the server's error, or what was and what is.
fn witness(witness: &Witness) -> impl IntoView + use<> {
    let error = witness.error.as_ref().map(|error| {
        let state = witness.sqlstate.clone().unwrap_or_default();
        let detail = witness.detail.iter().map(|line| format!("\nDETAIL: {line}")).collect::<String>();
        let after = witness.after.as_ref().map(|after| format!("After {after}:\n")).unwrap_or_default();
        view! { <pre class="server"><code>{format!("{after}ERROR {state}: {error}{detail}")}</code></pre> }
    });
    let was = |name: &'static str, text: &Option<String>| text.clone().map(|text| view! { <dt>{name}</dt><dd><code>{text}</code></dd> });
    let compared = (witness.kind == "difference" && (witness.expected.is_some() || witness.found.is_some()))
        .then(|| view! { <dl>{was("before", &witness.expected)}{was("after", &witness.found)}</dl> });
    view! { {error}{compared} }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn at(line: u32, column: u32, end_line: u32, end_column: u32) -> At {
        At { path: "rollback.sql".to_owned(), line, column, end_line, end_column, ..At::default() }
    }

    #[test]
    fn errors_stand_before_notes() {
        let finding = |rule: &str, severity: &str, suppressed: Option<&str>| Finding {
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            suppressed: suppressed.map(str::to_owned),
            ..Finding::default()
        };
        let findings = vec![
            finding("a", "note", None),
            finding("b", "error", Some("on purpose")),
            finding("c", "warning", None),
            finding("d", "error", None),
            finding("e", "warning", None),
        ];
        let findings = worst_first(findings.into_iter().map(Arc::new).collect());
        let rules: Vec<_> = findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["d", "c", "e", "a", "b"]);
    }

    #[test]
    fn many_of_a_kind_are_together() {
        let findings = |rules: &[(&str, &str)]| {
            let finding = |(rule, severity): &(&str, &str)| {
                let start = usize::from(severity.starts_with('E'));
                let severity = severity.to_lowercase();
                Arc::new(Finding { rule: (*rule).into(), severity, at: Some(At { start, ..At::default() }), ..Finding::default() })
            };
            rules.iter().map(finding).collect::<Vec<_>>()
        };
        let sizes = |rules: &[(&str, &str)]| grouped(&findings(rules)).iter().map(Vec::len).collect::<Vec<_>>();
        let (a, b) = (("a", "note"), ("b", "note"));
        assert_eq!(sizes(&[a, b, a, a, a]), [4, 1]);
        assert_eq!(sizes(&[a, b, a, a]), [1, 1, 1, 1]);
        assert_eq!(sizes(&[("a", "warning"), a, ("a", "warning"), ("a", "warning"), ("a", "warning")]), [1, 3, 1]);
        let (here, there) = (("a", "error"), ("a", "Error"));
        assert_eq!(sizes(&[here, there, here, here, here, there]), [1, 3, 1, 1]);
    }

    #[test]
    fn an_excerpt_is_cut_by_characters() {
        let text = "SELECT 'é';\n  DROP TABLE a;\n";
        let parts = |place| excerpt(text, &place).map(|(before, marked, after)| format!("{before}[{marked}]{after}"));
        assert_eq!(parts(at(1, 8, 1, 11)).as_deref(), Some("SELECT ['é'];"));
        assert_eq!(parts(at(2, 3, 3, 1)).as_deref(), Some("  [DROP TABLE a;]"));
        assert_eq!(parts(at(9, 1, 9, 2)), None);
        assert_eq!(parts(at(0, 0, 0, 0)), None);
    }
}
