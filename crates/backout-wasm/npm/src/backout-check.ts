// The loader: defines <backout-check>, takes marked code blocks into such elements, and loads the rest when one comes into view.
//
// Until then, and without it, the reader sees the SQL that stands in the page.

import type { Report } from "./report.js";
import type { View } from "./view.js";

/** The verdicts. */
export type Verdict = "safe" | "unsafe" | "unproven" | "irreversible" | "missing";

declare global {
  interface HTMLElementTagNameMap {
    "backout-check": BackoutCheck;
  }
  interface HTMLElementEventMap {
    /** Fired by <backout-check> when it has judged its scripts. */
    "backout-report": CustomEvent<Report>;
  }
}

const SIDES = ["baseline", "forward", "rollback"] as const;
const SETTINGS = ["runner", "server-version", "strict", "assume-new", "view", "editable", "theme", "heading"];

// On a server there are no elements, and importing this must not fail there.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** `<backout-check>`: a forward, its rollback, and whether the rollback works. */
export class BackoutCheck extends Base {
  static readonly observedAttributes = [...SETTINGS, ...SIDES, ...SIDES.map((side) => `${side}-src`)];

  #view: View | undefined;
  #loading = false;
  #sight: IntersectionObserver | undefined;

  /** The last report. */
  get report(): Report | undefined {
    return this.#view?.report;
  }

  /** The last verdict. */
  get verdict(): Verdict | null {
    return this.getAttribute("verdict") as Verdict | null;
  }

  connectedCallback(): void {
    if (this.#view) return this.#view.connect();
    if (this.getAttribute("loading") === "eager" || !globalThis.IntersectionObserver) return void this.#load();
    this.#sight ??= new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void this.#load();
      },
      { rootMargin: "400px" },
    );
    this.#sight.observe(this);
  }

  disconnectedCallback(): void {
    this.#sight?.disconnect();
    this.#view?.disconnect();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#view?.update();
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    this.#sight?.disconnect();
    try {
      const { View } = await import("./view.js");
      this.#view = new View(this);
      if (this.isConnected) this.#view.connect();
    } catch {
      this.#loading = false;
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      const sentence = document.createElement("p");
      sentence.textContent = "The checker could not be loaded, so there is no verdict here.";
      const slots = SIDES.map((side) => Object.assign(document.createElement("slot"), { name: side }));
      root.replaceChildren(...slots, document.createElement("slot"), sentence);
      this.setAttribute("state", "failed");
    }
  }
}

/** Which script a code block is marked as, by a class or by `data-backout`. */
function sideOf(code: Element): string | undefined {
  const marked = code.closest<HTMLElement>("[data-backout]")?.dataset["backout"];
  if (marked !== undefined) return marked;
  let node: Element | null = code;
  const words = new Set<string>();
  // The class is on the code, on its <pre>, or on the box that a highlighter puts around both.
  for (let up = 0; node && up < 4 && !/^(BODY|MAIN|ARTICLE|SECTION)$/.test(node.tagName); up++, node = node.parentElement) {
    for (const word of node.classList) for (const part of word.split(",")) words.add(part);
  }
  if (!words.has("language-sql") && !words.has("sql")) return undefined;
  return SIDES.find((side) => words.has(side));
}

/** The box of a block: the outermost element that holds nothing but it. */
function boxOf(code: Element): Element {
  let box = code.closest("pre") ?? code;
  for (let up = box.parentElement; up && /^(DIV|FIGURE|PRE)$/.test(up.tagName); up = up.parentElement) {
    const alone = [...up.childNodes].every((node) => node === box || (node.nodeType === Node.TEXT_NODE && !node.textContent?.trim()) || node.nodeType === Node.COMMENT_NODE);
    if (!alone) break;
    box = up as HTMLElement;
  }
  return box as Element;
}

/**
 * Takes the marked code blocks below `root` into elements: each rollback with the forward and the baseline before it.
 * It runs by itself when the page has loaded; call it again for content that comes later.
 */
export function upgrade(root: ParentNode = document): BackoutCheck[] {
  const made: BackoutCheck[] = [];
  let group = new Map<string, Element>();
  let words: string[] = [];
  const close = (): void => {
    const boxes = [...group.values()];
    if (group.has("rollback") || group.has("forward")) {
      const element = document.createElement("backout-check");
      for (const word of words) {
        if (word === "compact") element.setAttribute("view", "compact");
        if (word === "editable") element.setAttribute("editable", "");
        if (word === "strict") element.setAttribute("strict", "");
      }
      boxes[0]?.before(element);
      for (const [side, box] of group) {
        box.setAttribute("slot", side);
        element.append(box);
      }
      made.push(element);
    }
    group = new Map();
    words = [];
  };
  for (const code of root.querySelectorAll("pre code, pre[data-backout]")) {
    if (code.closest("backout-check")) continue;
    const side = sideOf(code);
    if (side === undefined) continue;
    const box = boxOf(code);
    const last = [...group.values()].at(-1);
    const adjacent = !last || last.nextElementSibling === box;
    if (!adjacent || group.has(side) || side === "baseline" || (side === "forward" && group.has("rollback"))) close();
    group.set(side, box);
    words.push(...[...code.classList, ...(code.closest("pre")?.classList ?? []), ...box.classList].flatMap((word) => word.split(",")));
    if (side === "rollback") close();
  }
  close();
  return made;
}

if (globalThis.customElements) {
  if (!customElements.get("backout-check")) customElements.define("backout-check", BackoutCheck);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => upgrade());
  else upgrade();
}
