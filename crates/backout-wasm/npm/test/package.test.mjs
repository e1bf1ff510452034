// The package's functions, its types, and the packed package in the hands of others: Node, a Vite build, a plain page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BROWSERS, launch, PACKAGE, ROOT, settled, site } from "./browsers.mjs";
import { check, choices, ready, render, rules } from "../dist/node.js";

const PAIR = { forward: "CREATE TABLE teams (id int);\nCREATE VIEW names AS SELECT id FROM teams;", rollback: "DROP TABLE teams;\nDROP VIEW names;" };

describe("the functions in Node", () => {
  test("a pair is judged", async () => {
    await ready();
    const report = check(PAIR);
    assert.equal(report.migrations[0].verdict, "unsafe");
    assert.equal(report.migrations[0].answers.rollback_runs.sqlstate, "2BP01");
    assert.equal(report.migrations[0].findings[0].at.path, "rollback.sql");
  });

  test("the report is that of the command line's JSON", () => {
    assert.deepEqual(JSON.parse(render(PAIR, "json")), check(PAIR));
  });

  test("a folder is a history, paths and settings are obeyed", () => {
    const files = [
      { path: "1_teams.up.sql", text: "CREATE TABLE teams (id int);" },
      { path: "1_teams.down.sql", text: "DROP TABLE IF EXISTS teams;" },
    ];
    const report = check({ files, settings: { serverVersion: 15, strict: true } });
    assert.deepEqual([report.layout, report.server_version, report.strict, report.summary.safe], ["golang-migrate", 15, true, 1]);
    const named = check({ ...PAIR, rollback: { path: "db\\down.sql", text: PAIR.rollback } });
    assert.equal(named.migrations[0].rollback.path, "db/down.sql");
    assert.equal(check({ forward: "ALTER TABLE t ADD c int", rollback: "ALTER TABLE t DROP c", schema: "CREATE TABLE t (id int)" }).migrations[0].verdict, "safe");
  });

  test("every format is written, and every rule has its page", () => {
    for (const format of choices().formats) assert.ok(/drop-before-dependent|2BP01/.test(render(PAIR, format)), format);
    assert.match(render(PAIR, "html"), /<svg/);
    assert.ok(rules().length > 50);
    for (const rule of rules()) assert.ok(rule.page.startsWith(rule.summary), rule.name);
  });

  test("what is wrong with an input is said by its key", () => {
    const wrong = (input, message) => assert.throws(() => check(input), (error) => error instanceof TypeError && error.message.startsWith(message), message);
    wrong(undefined, "input: this is undefined, and must be an object with forward");
    wrong(["x"], "input: this is an array");
    wrong({}, "input: there is nothing to check");
    wrong({ forwards: "" }, "input: there is no key `forwards`");
    wrong({ forward: 1 }, "input.forward: this is a number, and must be the text of the script");
    wrong({ forward: "SELECT\0" }, "input.forward: there is a NUL character");
    wrong({ forward: {} }, "input.forward.text: the text of the file is missing");
    wrong({ files: {} }, "input.files: this is an object, and must be an array");
    wrong({ files: [{ text: "" }] }, "input.files[0].path: the path of the file is missing");
    wrong({ files: [], rollback: "x" }, "input.files: give either `files` or a pair");
    wrong({ forward: "", schema: "", baseline: "" }, "input.schema: this is another name");
    wrong({ forward: "", settings: { runner: "make" } }, "input.settings.runner: there is no runner `make`: choose one of psql,");
    wrong({ forward: "", settings: { serverVersion: 9.6 } }, "input.settings.serverVersion: this must be a whole number from 13 to 18");
    wrong({ forward: "", settings: { strict: "yes" } }, "input.settings.strict: this is a string, and must be true or false");
    wrong({ forward: "", settings: { layout: "goose" } }, "input.settings.layout: a layout says");
    assert.throws(() => render(PAIR, "pdf"), /^TypeError: format: there is no format `pdf`: choose one of human,/);
  });

  test("odd text is text: half characters, marks, a getter that throws, nothing but depth", () => {
    assert.equal(check({ forward: "\uFEFFSELECT 1", rollback: "SELECT '\uD800'" }).migrations.length, 1);
    assert.throws(() => check({ get forward() { throw new Error("no"); } }), /input.forward: this could not be read/);
    const deep = "(".repeat(100_000);
    assert.equal(check({ forward: `SELECT ${deep}1`, rollback: "SELECT 1" + " OR true".repeat(50_000) }).migrations.length, 1);
    assert.equal(check(PAIR).migrations[0].verdict, "unsafe");
  });
});

describe("the types", () => {
  const folder = mkdtempSync(join(tmpdir(), "backout-types-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What the compiler says of a program that uses the package's types. */
  function compiled(text) {
    const types = join(PACKAGE, "dist/index").replaceAll("\\", "/");
    writeFileSync(join(folder, "use.ts"), text.replace("TYPES", types));
    try {
      execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--types", "", join(folder, "use.ts")], { cwd: folder, encoding: "utf8" });
      return "";
    } catch (error) {
      return error.stdout;
    }
  }

  test("real reports are of the type Report, with no key beyond it", () => {
    const plans = readdirSync(join(ROOT, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const read = (plan, name) => readFileSync(join(ROOT, "examples", plan, `${name}.sql`), "utf8");
    const reports = plans.map(({ name }) => check({ forward: read(name, "forward"), rollback: read(name, "rollback"), baseline: read(name, "baseline"), settings: { details: true } }));
    for (const rule of rules()) {
      const block = (side) => rule.page.match(new RegExp("```sql " + side + "\\n([\\s\\S]*?)```"))?.[1];
      if (block("forward") ?? block("rollback")) reports.push(check({ forward: block("forward"), rollback: block("rollback"), baseline: block("baseline") }));
    }
    reports.push(check({ files: [{ path: "1_a.up.sql", text: "CREATE TABLE a (id int); DO $$ BEGIN EXECUTE (SELECT 'x'); END $$;" }, { path: "1_a.down.sql", text: "" }, { path: "2_b.up.sql", text: "DROP TABLE a;" }, { path: "2_b.down.sql", text: "CREATE TABLE a (id bigint);" }] }));
    assert.ok(reports.length > 60, `${reports.length} reports`);
    // Each is a literal of its own, so that the compiler also refuses keys that the type does not have.
    const literals = reports.map((report, at) => `export const r${at}: Report = ${JSON.stringify(report)};`);
    assert.equal(compiled(`import type { Report } from "TYPES";\n${literals.join("\n")}\n`), "");
  });

  test("a report with a key too few or too many is not", () => {
    const { summary, ...less } = check(PAIR);
    assert.match(compiled(`import type { Report } from "TYPES";\nexport const r: Report = ${JSON.stringify(less)};`), /summary/);
    assert.match(compiled(`import type { Report } from "TYPES";\nexport const r: Report = ${JSON.stringify({ ...less, summary, more: 1 })};`), /more/);
  });

  test("the ids in the types are those that the engine knows", () => {
    const known = choices();
    const same = (type, values) => `export const ${type.toLowerCase()}: Same<${type}, ${values.map((value) => JSON.stringify(value)).join(" | ")}> = true;`;
    const program = `import type { Format, Layout, Runner, ServerVersion } from "TYPES";
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
${same("Format", known.formats)}
${same("Layout", known.layouts)}
${same("Runner", known.runners)}
${same("ServerVersion", known.serverVersions)}`;
    assert.equal(compiled(program), "");
  });

  test("the functions take what they say, and nothing else", () => {
    const program = (input) => `import { check, ready, render, rules, type Report } from "TYPES";
await ready();
export const report: Report = check(${input});
export const text: string = render({ files: [{ path: "a", text: "b" }] }, "sarif");
export const names: string[] = rules().map((rule) => rule.name);`;
    assert.equal(compiled(program(`{ forward: "a", rollback: { text: "b" }, settings: { runner: "goose", serverVersion: 17 } }`)), "");
    assert.match(compiled(program(`{ forwards: "a" }`)), /forwards/);
    assert.match(compiled(program(`{ forward: "a", settings: { runner: "make" } }`)), /make/);
  });
});

describe("the packed package", () => {
  const folder = mkdtempSync(join(tmpdir(), "backout-package-"));
  const npm = (args, cwd = folder) => execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8" });
  const opened = [];

  before(() => {
    const packed = npm(["pack", "--pack-destination", folder], PACKAGE).trim().split("\n").at(-1);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "fresh", private: true, type: "module" }));
    npm(["install", `./${packed}`]);
  });
  after(async () => {
    for (const browser of opened) await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("holds what it needs and nothing of the workshop", () => {
    const names = readdirSync(join(folder, "node_modules/backout"), { recursive: true }).map(String).sort();
    for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/backout.wasm", "dist/checker.wasm", "dist/backout-check.js", "dist/index.d.ts", "dist/report.d.ts"]) assert.ok(names.includes(name), name);
    assert.deepEqual(names.filter((name) => /^(src|test|build|node_modules)/.test(name) || name.endsWith(".mjs")), []);
  });

  test("Node uses it, as the README says", () => {
    const readme = readFileSync(join(folder, "node_modules/backout/README.md"), "utf8");
    const program = readme.match(/```js check\.mjs\n([\s\S]*?)```/)[1];
    const said = readme.match(/```console\n\$ node check\.mjs\n([\s\S]*?)```/)[1];
    writeFileSync(join(folder, "check.mjs"), program);
    assert.equal(execFileSync("node", ["check.mjs"], { cwd: folder, encoding: "utf8" }), said);
  });

  for (const browser of BROWSERS) {
    test(`a Vite build uses it in ${browser}`, async () => {
      mkdirSync(join(folder, "app"), { recursive: true });
      writeFileSync(join(folder, "app/index.html"), `<!doctype html><meta charset="utf-8"><title>app</title><p id="out"></p><backout-check forward="CREATE TABLE a (id int);" rollback="DROP TABLE a;"></backout-check><script type="module" src="./main.js"></script>`);
      writeFileSync(join(folder, "app/main.js"), `import { check, ready } from "backout";\nimport "backout/element";\nawait ready();\ndocument.querySelector("#out").textContent = check({ forward: "CREATE TABLE a (id int);", rollback: "" }).migrations[0].verdict;\n`);
      const { build } = await import("vite");
      await build({ root: join(folder, "app"), base: "./", configFile: false, logLevel: "error", build: { outDir: join(folder, "built"), emptyOutDir: true, target: "es2022" }, worker: { format: "es" } });
      const served = await site({ folders: { "/deep/er/": join(folder, "built") } });
      const started = await launch(browser);
      opened.push(started);
      const page = await started.newPage();
      await page.goto(`${served.url}/deep/er/`);
      await page.waitForFunction(() => document.querySelector("#out").textContent !== "", { timeout: 60_000 });
      assert.equal(await page.$eval("#out", (out) => out.textContent), "missing");
      assert.equal((await settled(page)).verdict, "safe");
      await started.close();
      await served.stop();
    });

    test(`a plain page uses it in ${browser}`, async () => {
      const page = `<!doctype html><meta charset="utf-8"><title>plain</title><p id="out"></p><script type="module">
import { check, ready, render } from "./backout/index.js";
await ready();
document.querySelector("#out").textContent = check({ forward: "CREATE TABLE a (id int);", rollback: "DROP TABLE a;" }).migrations[0].verdict + render({ rollback: "DROP TABLE a;" }, "markdown").length;
</script>`;
      const served = await site({ folders: { "/backout/": join(folder, "node_modules/backout/dist") }, pages: { "/": page } });
      const started = await launch(browser);
      opened.push(started);
      const tab = await started.newPage();
      await tab.goto(served.url);
      await tab.waitForFunction(() => document.querySelector("#out").textContent !== "", { timeout: 60_000 });
      assert.match(await tab.$eval("#out", (out) => out.textContent), /^safe\d{3,}$/);
      await started.close();
      await served.stop();
    });
  }
});
