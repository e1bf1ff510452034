// How the element looks. Colours are variables with the prefix --backout-, which a page may set on the element or above it.

export const STYLE = `
:host { display: block !important; margin: 1.25em 0; contain: content; }
:host([hidden]) { display: none !important; }
/* A page's resets reach into a shadow through inheritance only: cut it, but for what should follow the page. */
.root { all: initial; display: block; color-scheme: light; direction: ltr;
  --bg: var(--backout-background, #ffffff); --panel: var(--backout-panel, #f6f7f9); --text: var(--backout-text, #1c2430);
  --faint: var(--backout-faint, #5b6675); --line: var(--backout-border, #d8dde4);
  --safe: var(--backout-safe, #17693a); --unsafe: var(--backout-unsafe, #b42318); --unsure: var(--backout-unproven, #8a5300); --accent: var(--backout-accent, #2457c5);
  --keyword: var(--backout-keyword, #7a3ea8); --string: var(--backout-string, #1d6b45); --number: var(--backout-number, #a04a00); --comment: var(--backout-comment, #66717f);
  --safe-bg: color-mix(in srgb, var(--safe) 10%, var(--bg)); --unsafe-bg: color-mix(in srgb, var(--unsafe) 9%, var(--bg)); --unsure-bg: color-mix(in srgb, var(--unsure) 10%, var(--bg));
  background: var(--bg); color: var(--text); border: 1px solid var(--line); border-radius: var(--backout-radius, 10px); overflow: hidden;
  font: 400 15px/1.5 var(--backout-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif); text-align: start; }
.root[data-dark] { color-scheme: dark;
  --bg: var(--backout-background, #14181f); --panel: var(--backout-panel, #1b2029); --text: var(--backout-text, #e4e8ee);
  --faint: var(--backout-faint, #9aa5b4); --line: var(--backout-border, #323a46);
  --safe: var(--backout-safe, #5fd08e); --unsafe: var(--backout-unsafe, #ff8f83); --unsure: var(--backout-unproven, #f0b75a); --accent: var(--backout-accent, #8ab0ff);
  --keyword: var(--backout-keyword, #cf9df5); --string: var(--backout-string, #86d3a8); --number: var(--backout-number, #f2ac72); --comment: var(--backout-comment, #8e99a8); }
* { box-sizing: border-box; }
.head { display: flex; align-items: center; gap: .75em; padding: .7em 1em; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
.badge { display: inline-flex; align-items: center; gap: .45em; padding: .14em .7em .14em .55em; border-radius: 99px; font-weight: 650; font-size: .93em; white-space: nowrap;
  color: var(--faint); background: var(--panel); border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
.badge[data-verdict=safe] { color: var(--safe); background: var(--safe-bg); }
.badge[data-verdict=unsafe] { color: var(--unsafe); background: var(--unsafe-bg); }
.badge[data-verdict=unproven], .badge[data-verdict=missing], .badge[data-verdict=irreversible] { color: var(--unsure); background: var(--unsure-bg); }
.sign { font-weight: 700; width: 1em; text-align: center; flex: none; }
.sentence { flex: 1 1 14em; overflow-wrap: anywhere; }
.title { font-weight: 650; }
.lost { color: var(--unsure); }
:not(pre) > code { font: .92em var(--backout-mono, ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace); }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, max(13.5em, (100% - 2.8em) / 3)), 1fr)); gap: 0 1.4em; margin: 0; padding: .6em 1em; list-style: none; border-bottom: 1px solid var(--line); background: var(--panel); font-size: .9em; }
.answers li { display: flex; gap: .5em; padding: .12em 0; align-items: baseline; min-width: 0; }
.answers .claim { flex: 1; min-width: 0; }
.answers .why { display: block; color: var(--faint); font-size: .88em; overflow-wrap: anywhere; }
.answers b { font-weight: 600; }
[data-answer=yes] > .sign, [data-answer=yes] > b { color: var(--safe); }
[data-answer=no] > .sign, [data-answer=no] > b { color: var(--unsafe); }
[data-answer=unknown] > .sign, [data-answer=unknown] > b { color: var(--unsure); }
.scripts { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border-bottom: 1px solid var(--line); }
.panel { flex: 1 1 min(21em, 100%); margin: 0; background: var(--bg); min-width: 0; display: flex; flex-direction: column; }
.panel.baseline { flex-basis: 100%; }
.caption { padding: .45em 1em .2em; font-size: .8em; font-weight: 650; color: var(--faint); letter-spacing: .02em; }
summary.caption { cursor: pointer; padding-bottom: .45em; }
.code { position: relative; overflow: auto; max-height: var(--backout-max-height, 26em); flex: 1; padding: .35em 0 .7em; }
.code:focus-visible, button:focus-visible, summary:focus-visible, textarea:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.text, textarea { font: 400 13px/1.6 var(--backout-mono, ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace); tab-size: 4; white-space: pre; }
.text { min-width: max-content; padding-right: 1em; }
.line { padding-left: 3.6em; position: relative; min-height: 1.6em; }
.line::before { content: attr(data-line); position: absolute; left: 0; width: 2.4em; text-align: right; color: var(--comment); opacity: .75; user-select: none; }
.line.found::after { content: ""; position: absolute; left: 2.75em; top: .55em; width: .5em; height: .5em; border-radius: 50%; background: var(--unsure); }
.line.found.error::after { background: var(--unsafe); border-radius: 1px; }
.line.found.note::after { background: var(--accent); }
.line.aimed { background: color-mix(in srgb, var(--accent) 14%, transparent); }
.keyword { color: var(--keyword); } .string { color: var(--string); } .number { color: var(--number); } .comment { color: var(--comment); font-style: italic; }
.mark { text-decoration: underline wavy 1px; text-underline-offset: 3px; text-decoration-color: var(--unsure); }
.mark.error { text-decoration-color: var(--unsafe); background: var(--unsafe-bg); }
.mark.note { text-decoration-style: dotted; text-decoration-color: var(--accent); }
.sheet { position: relative; min-width: max-content; min-height: 100%; }
textarea { all: unset; position: absolute; inset: 0 0 0 0; padding-left: 3.6em; display: block; box-sizing: border-box; overflow: hidden; color: transparent; caret-color: var(--text); resize: none;
  font: 400 13px/1.6 var(--backout-mono, ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace); tab-size: 4; white-space: pre; width: 100%; height: 100%; }
textarea::selection { background: color-mix(in srgb, var(--accent) 30%, transparent); }
.code.editable { cursor: text; min-height: 7em; }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { border-bottom: 1px solid var(--line); }
.finding { all: unset; display: grid; grid-template-columns: 1.3em 1fr; column-gap: .6em; width: 100%; padding: .55em 1em; cursor: pointer; box-sizing: border-box; }
.finding:hover { background: var(--panel); }
.finding .sign { grid-row: span 3; font-size: .9em; line-height: 1.7; }
.finding[data-severity=error] .sign { color: var(--unsafe); } .finding[data-severity=warning] .sign { color: var(--unsure); } .finding[data-severity=note] .sign { color: var(--accent); }
.message { overflow-wrap: anywhere; }
.help, .where { color: var(--faint); font-size: .9em; overflow-wrap: anywhere; }
.foot { padding: .45em 1em; color: var(--faint); font-size: .8em; }
.compact .head { border-bottom: 0; padding: .45em .8em; cursor: pointer; list-style: none; }
.compact details[open] > .head { border-bottom: 1px solid var(--line); }
.compact .head::-webkit-details-marker { display: none; }
.compact .head::after { content: "details"; color: var(--accent); font-size: .88em; text-decoration: underline; }
.compact details[open] > .head::after { content: "close"; }
.light { display: block; }
.light[hidden] { display: none; }
.waiting .badge { opacity: .8; }
[hidden] { display: none !important; }
@media (prefers-reduced-motion: no-preference) { .badge, .line { transition: background-color .15s; } }
@media print { .code { max-height: none; } }
`;
