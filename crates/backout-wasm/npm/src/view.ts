// What an element shows once it has come into view. User text becomes text nodes, never markup.

import { analyse, Unavailable } from "./analyser.js";
import type { BackoutCheck } from "./backout-check.js";
import { lines, units, type Range } from "./highlight.js";
import type { At, Report } from "./report.js";
import { isElsewhere, NoSource, read, SIDES, type Texts } from "./sources.js";
import { STYLE } from "./style.js";
import type { Input, Runner, ServerVersion, Settings } from "./types.js";
import { findings, HEADINGS, lost, parts, proof, sentence, SIGNS } from "./words.js";

type Side = keyof Texts;

const TITLES: Record<Side, string> = { baseline: "Schema before", forward: "Forward", rollback: "Rollback" };
/** What the reports call the scripts. */
const PATHS: Record<Side, string> = { baseline: "baseline.sql", forward: "forward.sql", rollback: "rollback.sql" };
/** After the last keystroke. */
const PAUSE = 120;

let sheet: CSSStyleSheet | undefined;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, name = "", ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

/** A sentence of the report: what stands in backticks is code. */
function prose(text: string): (Node | string)[] {
  return parts(text).map((part, at) => (at % 2 ? make("code", "", part) : part));
}

/** The inside of one element. */
export class View {
  report: Report | undefined;

  readonly #host: BackoutCheck;
  readonly #root = make("div", "root waiting");
  readonly #light = make("div", "light");
  readonly #badge = make("span", "badge");
  readonly #sentence = make("span", "sentence");
  readonly #answers = make("ul", "answers");
  readonly #scripts = make("div", "scripts");
  readonly #findings = make("ol", "findings");
  readonly #foot = make("div", "foot");
  readonly #panels = new Map<Side, Panel>();
  readonly #children: MutationObserver;
  readonly #theme: MutationObserver;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #recolour = (): void => this.#colour();
  #texts: Texts = {};
  #asked = 0;
  #connected = false;
  #layout = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: BackoutCheck) {
    this.#host = host;
    const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    sheet ??= new CSSStyleSheet();
    // Constructed style sheets are not subject to a page's policy about inline styles.
    if (sheet.cssRules.length === 0) sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    for (const side of SIDES) {
      const slot = make("slot");
      slot.name = side;
      this.#light.append(slot);
    }
    this.#light.append(make("slot"));
    this.#badge.setAttribute("role", "status");
    this.#findings.setAttribute("aria-label", "Findings");
    this.#answers.setAttribute("aria-label", "Answers");
    shadow.replaceChildren(this.#light, this.#root);
    // Frameworks put children in later than the element.
    this.#children = new MutationObserver(() => this.update());
    this.#theme = new MutationObserver(() => this.#colour());
  }

  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#children.observe(this.#host, { childList: true, characterData: true, subtree: true });
    for (const place of [document.documentElement, document.body]) this.#theme.observe(place, { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-md-color-scheme", "data-color-mode"] });
    this.#dark.addEventListener("change", this.#recolour);
    this.update();
  }

  disconnect(): void {
    this.#connected = false;
    this.#asked++;
    clearTimeout(this.#timer);
    this.#children.disconnect();
    this.#theme.disconnect();
    this.#dark.removeEventListener("change", this.#recolour);
  }

  /** Reads attributes and sources again, and judges them. */
  update(): void {
    if (this.#connected) void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const asked = ++this.#asked;
    this.#colour();
    this.#arrange();
    this.#busy("reading");
    try {
      const texts = await read(this.#host);
      if (asked !== this.#asked) return;
      this.#texts = texts;
      this.#draw();
      await this.#check();
    } catch (why) {
      if (asked === this.#asked) this.#fail(why);
    }
  }

  get #editable(): boolean {
    return this.#host.hasAttribute("editable");
  }

  get #compact(): boolean {
    return this.#host.getAttribute("view") === "compact";
  }

  /** Puts the parts where the view wants them; typing must not do it again. */
  #arrange(): void {
    const elsewhere = isElsewhere(this.#host);
    const layout = `${this.#compact} ${elsewhere}`;
    // What is shown in full replaces the slots; before the first draw they stay, so that nothing jumps away.
    this.#light.hidden = !this.#compact && !elsewhere && this.#panels.size > 0;
    this.#heading();
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#scripts.hidden = elsewhere || (this.#compact && !this.#host.querySelector(":scope > *") ? false : this.#compact);
    const parts = [this.#answers, this.#scripts, this.#findings, this.#foot];
    this.#root.classList.toggle("compact", this.#compact);
    if (this.#compact) {
      const details = make("details", "", make("summary", "head", this.#badge, this.#sentence), ...parts);
      this.#root.replaceChildren(details);
    } else {
      this.#root.replaceChildren(make("div", "head", this.#badge, this.#sentence), ...parts);
    }
  }

  #heading(): void {
    this.#root.setAttribute("role", "group");
    this.#root.setAttribute("aria-label", this.#host.getAttribute("heading") ?? "Will the rollback work?");
  }

  #draw(): void {
    for (const side of SIDES) {
      const text = this.#texts[side];
      const panel = this.#panels.get(side);
      if (text === undefined) {
        panel?.element.remove();
        this.#panels.delete(side);
      } else if (panel && panel.editable === this.#editable) {
        panel.set(text);
      } else {
        panel?.element.remove();
        this.#panels.set(side, new Panel(side, text, this.#editable, (text) => this.#typed(side, text)));
      }
    }
    const panels = SIDES.flatMap((side) => this.#panels.get(side)?.element ?? []);
    if (panels.length !== this.#scripts.children.length || panels.some((panel, at) => this.#scripts.children[at] !== panel)) this.#scripts.replaceChildren(...panels);
    this.#light.hidden = !this.#compact && !isElsewhere(this.#host);
  }

  #typed(side: Side, text: string): void {
    this.#texts = { ...this.#texts, [side]: text };
    this.#asked++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check().catch((why: unknown) => this.#fail(why)), PAUSE);
  }

  async #check(): Promise<void> {
    const asked = this.#asked;
    this.#busy("working");
    let report: Report;
    try {
      report = await analyse(this.#input());
    } catch (why) {
      if (asked === this.#asked) this.#fail(why);
      return;
    }
    if (asked === this.#asked) this.#show(report);
  }

  #input(): Input {
    const { baseline, forward, rollback } = this.#texts;
    const settings: Settings = { strict: this.#host.hasAttribute("strict"), assumeNew: this.#host.hasAttribute("assume-new") };
    const runner = this.#host.getAttribute("runner");
    const version = this.#host.getAttribute("server-version");
    if (runner) settings.runner = runner as Runner;
    if (version) settings.serverVersion = Number(version) as ServerVersion;
    return { baseline, forward, rollback, settings };
  }

  #busy(state: string): void {
    this.#host.setAttribute("state", state);
    if (this.report) return;
    this.#badge.replaceChildren("…");
    this.#sentence.textContent = "The rollback is being checked.";
  }

  /** Without a verdict the SQL stays, with the sentence that says why. */
  #fail(why: unknown): void {
    const known = why instanceof Unavailable || why instanceof NoSource;
    if (!known) console.error(why);
    this.report = undefined;
    this.#root.classList.remove("waiting");
    this.#host.removeAttribute("verdict");
    this.#host.setAttribute("state", "failed");
    delete this.#badge.dataset["verdict"];
    this.#badge.replaceChildren("no verdict");
    this.#sentence.replaceChildren(...prose(known ? why.sentence : "The check failed, which is a defect of backout: please report it."));
    for (const part of [this.#answers, this.#findings, this.#foot]) part.replaceChildren();
    for (const part of [this.#answers, this.#foot]) part.hidden = true;
    if (this.#panels.size === 0) this.#light.hidden = false;
    for (const panel of this.#panels.values()) panel.mark([]);
  }

  #show(report: Report): void {
    const migration = report.migrations[0];
    if (!migration) return this.#fail(new Unavailable("There is no SQL to check."));
    this.report = report;
    this.#root.classList.remove("waiting");
    const sign = make("span", "sign", SIGNS[migration.verdict] ?? "");
    sign.setAttribute("aria-hidden", "true");
    this.#badge.dataset["verdict"] = migration.verdict;
    this.#badge.replaceChildren(sign, migration.verdict);
    const heading = this.#host.getAttribute("heading");
    this.#sentence.replaceChildren(...(heading ? [make("span", "title", heading), " – "] : []), ...prose(sentence(migration)));
    const gone = lost(migration);
    if (gone) this.#sentence.append(" ", make("span", "lost", gone));
    this.#answers.hidden = false;
    this.#foot.hidden = false;
    this.#answers.replaceChildren(
      ...HEADINGS.flatMap(([heading, questions]) =>
        questions.map(([key, claim]) => {
          const answer = migration.answers[key].answer;
          const sign = make("span", "sign", SIGNS[answer] ?? "");
          sign.setAttribute("aria-hidden", "true");
          const why = proof(migration, key);
          const claimed = make("span", "claim", claim);
          if (why) claimed.append(make("span", "why", ...prose(why)));
          const row = make("li", "", sign, claimed, make("b", "", answer));
          row.dataset["question"] = key;
          row.dataset["answer"] = answer;
          row.title = `${heading}: ${claim}? ${answer}.`;
          return row;
        }),
      ),
    );
    const found = findings(report);
    this.#findings.replaceChildren(
      ...found.map((finding) => {
        const sign = make("span", "sign", SIGNS[finding.severity] ?? "");
        sign.title = finding.severity;
        const row = make("button", "finding", sign, make("span", "message", ...prose(finding.message)));
        row.type = "button";
        row.dataset["rule"] = finding.rule;
        row.dataset["severity"] = finding.severity;
        if (finding.help !== null) row.append(make("span", "help", ...prose(`Help: ${finding.help}`)));
        const where = finding.at ? `${finding.at.path}:${finding.at.line}, ` : "";
        row.append(make("span", "where", `${finding.severity}, ${where}${finding.rule}`));
        const at = finding.at;
        if (at) {
          row.dataset["line"] = String(at.line);
          row.addEventListener("click", () => this.#aim(at));
        }
        return make("li", "", row);
      }),
    );
    for (const [side, panel] of this.#panels) {
      const here = found.flatMap((finding) => (finding.at?.path === PATHS[side] ? [{ at: finding.at, kind: finding.severity, title: parts(finding.message).join("") }] : []));
      const places = units(panel.text, here.flatMap(({ at }) => [at.start, at.end]));
      const ranges = here.map(({ at, kind, title }) => ({ start: places.get(at.start) ?? 0, end: places.get(at.end) ?? 0, kind, title }));
      panel.mark(ranges);
    }
    this.#foot.textContent = `PostgreSQL ${report.server_version}, ${report.runner_known ? "" : "taken to be "}run by ${report.runner}. Checked in this page; nothing is sent anywhere.`;
    this.#host.setAttribute("verdict", migration.verdict);
    this.#host.setAttribute("state", "ready");
    this.#host.dispatchEvent(new CustomEvent("backout-report", { bubbles: true, composed: true, detail: report }));
  }

  #aim(at: At): void {
    const side = SIDES.find((side) => PATHS[side] === at.path);
    const panel = side && this.#panels.get(side);
    if (!panel) return;
    this.#scripts.hidden = false;
    panel.aim(at.line);
  }

  /** Light or dark as the page around the element is, whatever it says of itself. */
  #colour(): void {
    const wish = this.#host.getAttribute("theme");
    this.#root.toggleAttribute("data-dark", wish === "dark" || (wish !== "light" && isDark(this.#host, this.#dark.matches)));
  }
}

/** One script: its lines, or an editor over them. */
class Panel {
  readonly element: HTMLElement;
  readonly #code: HTMLElement;
  readonly #text = make("div", "text");
  readonly #area: HTMLTextAreaElement | undefined;
  #marks: readonly Range[] = [];

  constructor(
    side: Side,
    public text: string,
    readonly editable: boolean,
    typed: (text: string) => void,
  ) {
    this.#code = make("div", editable ? "code editable" : "code");
    if (editable) {
      this.#area = make("textarea");
      this.#area.value = text;
      this.#area.spellcheck = false;
      this.#area.setAttribute("autocapitalize", "off");
      this.#area.setAttribute("aria-label", TITLES[side]);
      this.#area.wrap = "off";
      // A text area knows line feeds only; places must be those of the text that is judged.
      this.text = this.#area.value;
      this.#area.addEventListener("input", () => {
        this.text = this.#area?.value ?? "";
        this.#marks = [];
        this.#paint();
        typed(this.text);
      });
      this.#text.setAttribute("aria-hidden", "true");
      this.#code.append(make("div", "sheet", this.#text, this.#area));
    } else {
      this.#code.tabIndex = 0;
      this.#code.setAttribute("role", "region");
      this.#code.setAttribute("aria-label", TITLES[side]);
      this.#code.append(this.#text);
    }
    if (side === "baseline") {
      this.element = make("details", "panel baseline", make("summary", "caption", TITLES[side]), this.#code);
    } else {
      this.element = make("div", "panel", make("div", "caption", TITLES[side]), this.#code);
    }
    this.#paint();
  }

  set(text: string): void {
    if (text === this.text) return;
    this.text = text;
    if (this.#area) {
      this.#area.value = text;
      this.text = this.#area.value;
    }
    this.#marks = [];
    this.#paint();
  }

  mark(marks: readonly Range[]): void {
    const worst = ["note", "warning", "error"];
    this.#marks = [...marks].sort((a, b) => worst.indexOf(b.kind) - worst.indexOf(a.kind));
    this.#paint();
  }

  aim(line: number): void {
    if (this.element instanceof HTMLDetailsElement) this.element.open = true;
    for (const old of this.#text.querySelectorAll(".aimed")) old.classList.remove("aimed");
    const row = this.#text.children[line - 1];
    row?.classList.add("aimed");
    row?.scrollIntoView({ block: "nearest", inline: "nearest" });
    (this.#area ?? this.#code).focus({ preventScroll: true });
  }

  #paint(): void {
    this.#text.replaceChildren(...lines(this.#area ? `${this.text}\n` : this.text, this.#marks));
  }
}

function isDark(host: Element, prefersDark: boolean): boolean {
  for (let node: Element | null = host; node; node = node.parentElement ?? (node.getRootNode() as ShadowRoot).host ?? null) {
    const numbers = getComputedStyle(node).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
    const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
    if (numbers.length >= 3 && alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes("dark") && (prefersDark || !scheme.includes("light"));
}
