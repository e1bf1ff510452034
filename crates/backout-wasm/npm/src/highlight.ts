// SQL in colours, and underlined: a text becomes pieces, each with the kinds of token and of finding that it lies in.
//
// This only colours. What the SQL means is the engine's business.

const KEYWORDS = new Set(
  ("add all alter analyze and any as asc before begin between by cascade case check cluster collate column comment commit concurrently constraint copy create " +
    "cross database default deferrable delete desc distinct do domain drop each else end enum except exception execute exists extension false fetch for foreign from " +
    "full function grant group having if ilike immutable in index inherit inner insert instead intersect into is join key language lateral left like limit lock " +
    "materialized natural no not null of offset on only or order outer owner partition perform policy primary privileges procedure public raise references refresh " +
    "rename replace reset restrict return returning returns revoke right role rollback row rule schema security select sequence serial session set stable start " +
    "table temp temporary then to transaction trigger true truncate type union unique unlogged update using vacuum validate values view volatile when where window with work")
    .split(" "),
);

const TOKEN =
  /(--[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$))|((?:\b[EeBbXxNn]|\b[Uu]&)?'(?:[^']|'')*(?:'|$)|\$([A-Za-z_][A-Za-z0-9_]*)?\$[\s\S]*?(?:\$\3\$|$))|("(?:[^"]|"")*(?:"|$))|(\b\d+(?:\.\d+)?\b)|([A-Za-z_][A-Za-z0-9_$]*)/g;

/** A range of UTF-16 units with the name of what it is. */
export interface Range {
  start: number;
  end: number;
  kind: string;
  title?: string;
}

/** The coloured tokens of a text. */
export function tokens(text: string): Range[] {
  const found: Range[] = [];
  // Colouring a megabyte would take longer than judging it.
  if (text.length > 300_000) return found;
  for (const match of text.matchAll(TOKEN)) {
    const start = match.index;
    const kind = match[1] !== undefined ? "comment" : match[2] !== undefined ? "string" : match[4] !== undefined ? "name" : match[5] !== undefined ? "number" : KEYWORDS.has(match[0].toLowerCase()) ? "keyword" : "";
    if (kind) found.push({ start, end: start + match[0].length, kind });
  }
  return found;
}

/** Byte offsets as offsets of UTF-16 units. */
export function units(text: string, bytes: readonly number[]): Map<number, number> {
  const wanted = [...new Set(bytes)].sort((a, b) => a - b);
  const found = new Map<number, number>();
  let byte = 0;
  let unit = 0;
  for (const at of wanted) {
    while (byte < at && unit < text.length) {
      const point = text.codePointAt(unit) ?? 0;
      byte += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      unit += point < 0x10000 ? 1 : 2;
    }
    found.set(at, unit);
  }
  return found;
}

/** The lines of a text as elements: numbered, coloured and underlined. */
export function lines(text: string, marks: readonly Range[]): HTMLElement[] {
  const colours = tokens(text);
  const made: HTMLElement[] = [];
  let start = 0;
  let colour = 0;
  const rows = text.replace(/\r?\n$/, "").split(/\r\n|\n|\r/);
  for (const [at, row] of rows.entries()) {
    const end = start + row.length;
    const line = document.createElement("div");
    line.className = "line";
    line.dataset["line"] = String(at + 1);
    const here = marks.filter((mark) => mark.start < end + 1 && mark.end > start);
    while (colour < colours.length && (colours[colour]?.end ?? 0) <= start) colour++;
    const cuts = new Set([start, end]);
    const kinds: Range[] = [];
    for (let next = colour; next < colours.length; next++) {
      const range = colours[next];
      if (!range || range.start >= end) break;
      kinds.push(range);
    }
    for (const range of [...kinds, ...here]) {
      if (range.start > start && range.start < end) cuts.add(range.start);
      if (range.end > start && range.end < end) cuts.add(range.end);
    }
    const points = [...cuts].sort((a, b) => a - b);
    for (let point = 0; point + 1 < points.length; point++) {
      const from = points[point] ?? 0;
      const to = points[point + 1] ?? 0;
      const piece = document.createElement("span");
      piece.textContent = text.slice(from, to);
      const kind = kinds.find((range) => range.start <= from && range.end >= to);
      if (kind) piece.classList.add(kind.kind);
      const mark = here.find((range) => range.start <= from && range.end >= to);
      if (mark) {
        piece.classList.add("mark", mark.kind);
        if (mark.title !== undefined) piece.title = mark.title;
      }
      line.append(piece);
    }
    if (row === "") line.append("\u200b");
    const worst = here.filter((mark) => mark.start >= start && mark.start <= end)[0];
    if (worst) line.classList.add("found", worst.kind);
    made.push(line);
    start = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
  return made;
}
