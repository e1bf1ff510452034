// Where an element's SQL comes from: attributes, files of the site, its children, or the code blocks before it.

/** The three texts. */
export interface Texts {
  baseline?: string;
  forward?: string;
  rollback?: string;
}

type Side = keyof Texts;
export const SIDES: readonly Side[] = ["baseline", "forward", "rollback"];

/** Why the SQL is not there, as a sentence for readers. */
export class NoSource {
  constructor(readonly sentence: string) {}
}

const LONGEST = 10_000_000;

/** The texts of an element. */
export async function read(host: HTMLElement): Promise<Texts> {
  const texts: Texts = {};
  const blocks = inside(host);
  for (const side of SIDES) {
    const src = host.getAttribute(`${side}-src`);
    const written = host.getAttribute(side);
    const block = blocks.get(side);
    if (src !== null) texts[side] = await fetched(src);
    else if (written !== null) texts[side] = written;
    else if (block) texts[side] = text(block);
  }
  if (texts.forward === undefined && texts.rollback === undefined) {
    const [forward, rollback] = before(host);
    if (!forward || !rollback) throw new NoSource("There is no SQL to check: this element has no forward and no rollback.");
    texts.forward = text(forward);
    texts.rollback = text(rollback);
  }
  return texts;
}

/** Whether the SQL stands outside of the element, where readers see it anyway. */
export function isElsewhere(host: HTMLElement): boolean {
  return inside(host).size === 0 && !SIDES.some((side) => host.hasAttribute(side) || host.hasAttribute(`${side}-src`));
}

/** The children that are scripts: those with a slot, else the code blocks in their order. */
function inside(host: HTMLElement): Map<Side, Element> {
  const found = new Map<Side, Element>();
  for (const child of host.children) {
    const side = SIDES.find((side) => child.getAttribute("slot") === side);
    if (side) found.set(side, child);
  }
  if (found.size === 0) {
    const blocks = [...host.querySelectorAll("pre")];
    const names: Side[] = blocks.length === 1 ? ["rollback"] : blocks.length === 2 ? ["forward", "rollback"] : ["baseline", "forward", "rollback"];
    names.forEach((side, at) => blocks[at] && found.set(side, blocks[at]));
  }
  return found;
}

/** The two code blocks before the element. */
function before(host: HTMLElement): Element[] {
  const blocks = [...host.ownerDocument.querySelectorAll("pre")].filter(
    (block) => block.compareDocumentPosition(host) & Node.DOCUMENT_POSITION_FOLLOWING && !block.closest("backout-check"),
  );
  return blocks.slice(-2);
}

/** The text of a block as its author wrote it: highlighters break lines with <br>, and copy buttons are not SQL. */
function text(block: Element): string {
  const code = block.matches("code, pre, script, template") ? (block.querySelector("code") ?? block) : (block.querySelector("pre code, pre, code") ?? block);
  let out = "";
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) out += node.nodeValue ?? "";
    else if (node instanceof HTMLBRElement) out += "\n";
    else if (!(node instanceof HTMLButtonElement)) node.childNodes.forEach(walk);
  };
  walk(code instanceof HTMLTemplateElement ? code.content : code);
  return out.replace(/^\r?\n/, "").replace(/\s+$/, "\n");
}

async function fetched(src: string): Promise<string> {
  let url: URL;
  try {
    url = new URL(src, document.baseURI);
  } catch {
    throw new NoSource(`“${src}” is not an address, so there is no SQL to check.`);
  }
  if (url.origin !== location.origin) throw new NoSource(`“${src}” is not a file of this site, so it was not read.`);
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new NoSource(`“${src}” could not be read: there is no connection, or this page's policy forbids it.`);
  }
  if (!response.ok) throw new NoSource(`“${src}” could not be read: the server says ${response.status}.`);
  if ((response.headers.get("content-type") ?? "").startsWith("text/html")) throw new NoSource(`“${src}” is a page and not SQL.`);
  const body = await response.text();
  if (body.length > LONGEST) throw new NoSource(`“${src}” is too large to check in a page.`);
  return body.replace(/^\uFEFF/, "");
}
