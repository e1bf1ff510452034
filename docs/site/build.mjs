// Builds the documentation site into dist/site: node docs/site/build.mjs. Where the app is built, they lead to each other.
//
// Needs mdbook, the built npm package and the program `backout` (by default the one in the target folder); ./test has all of them.
// Rule pages, pictures and figures are made from the engine, the README and the stories. The commands of the pages are run and
// their output is put in; every link of the result is followed.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { render, rules } from "../../crates/backout-wasm/npm/dist/node.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
const program = process.env.BACKOUT_BIN ?? join(target, "debug/backout");
const work = join(target, "site-source");
const out = join(root, "dist/site");
const app = join(root, "dist/index.html");
const read = (path) => readFileSync(join(root, path), "utf8");
const complaints = [];

rmSync(work, { recursive: true, force: true });
rmSync(out, { recursive: true, force: true });
cpSync(here, work, { recursive: true });

// Pages, with what the engine and the repository say put in.
for (const name of readdirSync(join(work, "src"))) {
  const path = join(work, "src", name);
  writeFileSync(path, filled(readFileSync(path, "utf8"), name));
}
for (const rule of rules()) writeFileSync(join(work, "src", `rule-${rule.name}.md`), rulePage(rule));
const summary = join(work, "src/SUMMARY.md");
const chapters = rules().map((rule) => `  - [${rule.name}](rule-${rule.name}.md)`);
writeFileSync(summary, readFileSync(summary, "utf8").replace("- [Rules](rules.md)\n", `- [Rules](rules.md)\n${chapters.join("\n")}\n`));
cpSync(join(root, "crates/backout-wasm/npm/dist"), join(work, "src/backout"), { recursive: true });
execFileSync("mdbook", ["build", work, "--dest-dir", out], { stdio: ["ignore", "ignore", "inherit"] });
cpSync(join(here, "404.html"), join(out, "404.html"));
leadHere();
followLinks();
if (complaints.length) {
  console.error(complaints.join("\n"));
  process.exit(1);
}
console.log(`dist/site: ${pages(out).length} pages, every link leads somewhere`);

function filled(text, name) {
  const readme = read("README.md");
  const section = (title) => readme.split(`\n## ${title}\n`)[1]?.split("\n## ")[0].trim() ?? complain(name, `the README has no section ${title}`);
  const figures = readme.split("\n").find((line) => line.startsWith("Held against")) ?? complain(name, "the README has no line of figures");
  const stories = pages(join(root, "tests/plans"), ".md").map((path) => readFileSync(path, "utf8"));
  const count = (pattern) => String(stories.join("\n").match(pattern)?.length ?? 0);
  return text
    .replace(/\{\{picture (\w+) ([\w-]+)\}\}/g, (_, kind, plan) => picture(kind, plan, name))
    .replace("{{app}}\n", () => (existsSync(app) ? "- [The app](../index.html): paste your own migration and its rollback, or drop a folder of them.\n" : ""))
    .replace("{{rules}}", () => ruleList())
    .replace("{{limits}}", () => section("Limits"))
    .replace("{{attributes}}", () => attributes(name))
    .replace("{{figures}}", () => figures)
    .replace("{{count}}", () => String(rules().length))
    .replace("{{stories}}", () => count(/^#{1,2} .+\n(?!#)/gm))
    .replace("{{wrong}}", () => count(/^wrong: /gm))
    .replace(/(?:^```sql \S+\.sql\n[\s\S]*?^```\n)|(?:^```console\n\$ [\s\S]*?^```\n)/gm, runner());
}

/** Writes the files of a page into a folder, runs its commands there, and puts in what they say. */
function runner() {
  let folder;
  return (block) => {
    folder ??= mkdtempSync(join(tmpdir(), "backout-site-"));
    const file = block.match(/^```sql (\S+)\n([\s\S]*)```\n$/);
    if (file) {
      mkdirSync(dirname(join(folder, file[1])), { recursive: true });
      writeFileSync(join(folder, file[1]), file[2]);
      return `<p class="file"><code>${file[1]}</code></p>\n\n\`\`\`sql\n${file[2]}\`\`\`\n`;
    }
    const command = block.match(/\$ (.*)\n/)[1];
    const [word, ...args] = command.split(" ");
    if (word !== "backout") complain(command, "only backout is run here");
    const done = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" } });
    if (done.error || done.status === 2 || done.status === null) return complain(command, done.stderr || String(done.error));
    const longest = done.stdout.replaceAll("```", "` ` `");
    return `\`\`\`text\n$ ${command}\n${longest.trimEnd()}\n? ${done.status}\n\`\`\`\n`;
  };
}

function complain(place, what) {
  complaints.push(`${place}: ${what}`);
  return "";
}

/** A picture of one of the example plans, as the HTML report draws it. */
function picture(kind, plan, name) {
  const script = (part) => read(`examples/${plan}/${part}.sql`);
  const html = render({ forward: script("forward"), rollback: script("rollback"), baseline: script("baseline") }, "html");
  const drawn = [...html.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => svg).find((svg) => svg.slice(0, 400).includes(kind));
  if (!drawn) return complain(name, `the report of ${plan} has no picture ${kind}`);
  // Several pictures on a page: each with a name of its own, which begins all ids in it and stands in its colours too.
  const [, id] = drawn.match(/ id="([^"]*)"/);
  const renamed = drawn.replaceAll(id, `${id}-${plan}`).replace(/<a [^>]*>|<\/a>/g, "");
  return `<figure class="picture">${renamed.replace(/\s*\n\s*/g, " ")}</figure>`;
}

/** The attributes and the colours of the element, as its package tells them. */
function attributes(name) {
  return read("crates/backout-wasm/npm/README.md").match(/^\| attribute [\s\S]*?(?=\n\nThe loader )/m)?.[0] ?? complain(name, "the package's README has no table of attributes");
}

function ruleList() {
  const headings = [...new Set(rules().map((rule) => rule.heading))];
  const one = (rule) => `| [\`${rule.name}\`](rule-${rule.name}.md) | ${rule.severity} | ${rule.summary} |`;
  const table = (heading) => `| rule | severity | what it finds |\n|---|---|---|\n${rules().filter((rule) => rule.heading === heading).map(one).join("\n")}`;
  return headings.map((heading) => `## ${heading}\n\n<div class="rule-list">\n\n${table(heading)}\n\n</div>`).join("\n\n");
}

/** The rule's own page; its scripts become live checkers. */
function rulePage(rule) {
  const page = rule.page.replace(/^```sql (baseline|forward|rollback)$/gm, "```sql,$1,editable");
  return `# ${rule.name}\n\n*${rule.heading}, ${rule.severity} by default*\n\n${page}\n`;
}

function pages(folder, ending = ".html") {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

/** Tells the app, if it is built, that the documentation stands beside it. */
function leadHere() {
  if (!existsSync(app)) return;
  const html = readFileSync(app, "utf8").replace(/<meta name="documentation"[^>]*>/, "");
  writeFileSync(app, html.replace("</head>", '<meta name="documentation" content="./site/index.html"></head>'));
}

/** Every link within the site leads to a file, and to a place in it. */
function followLinks() {
  const texts = new Map(pages(out).map((path) => [path, readFileSync(path, "utf8")]));
  for (const [path, text] of texts) {
    // The printed book names the chapters' places its own way.
    if (/(print|toc)\.html$/.test(path)) continue;
    const plain = text.replace(/<pre[\s\S]*?<\/pre>/g, "").replace(/<script[\s\S]*?<\/script>/g, "");
    for (const [, link] of plain.matchAll(/(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|mailto:|data:|javascript:)/.test(link) || link === "") continue;
      const [file, place] = link.replaceAll("&amp;", "&").split("#");
      const aim = file === "" ? path : resolve(dirname(path), decodeURIComponent(file.split("?")[0]));
      if (!existsSync(aim)) complain(path.slice(out.length + 1), `the link ${link} leads nowhere`);
      else if (place && texts.has(aim) && !texts.get(aim).includes(`id="${decodeURIComponent(place)}"`)) complain(path.slice(out.length + 1), `the link ${link} leads to no place in that page`);
    }
  }
}
