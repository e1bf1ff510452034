// Every point of the app, in Chromium and in Firefox.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import { App, host, launch, link, tester } from "./browsers.mjs";

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const FORWARD = "CREATE TABLE a (id int PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM a;";
const BAD = "DROP TABLE a;\nDROP VIEW v;";
const GOOD = "BEGIN;\nDROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS a;\nCOMMIT;";
const QUESTIONS = ["forward_runs", "rollback_runs", "restores", "redo", "rerun", "partial", "local", "atomic", "lossless"];

/** What axe finds to be serious on a page: nothing. */
async function serious(app, where) {
  await app.page.evaluate(AXE);
  const found = await app.page.evaluate(async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
  });
  assert.deepEqual(found, [], where);
}

let site;
before(async () => (site = await host()));
after(() => site.stop());

for (const name of ["chromium", "firefox"]) {
  describe(name, () => {
    let browser;
    before(async () => (browser = await launch(name)));
    after(() => browser?.close());
    const open = (fragment, options) => App.open(browser, site.address, fragment, options);
    const on = tester(open);

    on("a typed pair is judged while it is typed", async (app) => {
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      await app.type("Rollback", BAD);
      await app.verdict("unsafe");
      assert.deepEqual(Object.keys(await app.answers()), QUESTIONS);
      assert.equal((await app.answers()).rollback_runs, "no");
      assert.ok((await app.findings()).includes("drop-before-dependent:1"));
      await app.until(() => document.querySelector('.editor[data-side="rollback"] .cm-lintRange-error')?.textContent === "DROP TABLE a");
      assert.ok(await app.page.$('.editor[data-side="rollback"] .cm-lint-marker-error'), "a mark in the gutter");
      assert.match(await app.page.$eval('[role="status"].unseen', (live) => live.textContent), /^Verdict: Unsafe\. Cannot drop/);
      await app.type("Rollback", GOOD);
      await app.verdict("safe");
      assert.equal(await app.page.$(".cm-lintRange-error"), null);
    });

    on("hovering an underline tells the finding, and a finding leads to its line", async (app) => {
      await app.verdict("unsafe");
      await app.until(() => document.querySelector(".cm-lintRange-error"));
      await app.page.hover(".cm-lintRange-error");
      await app.until(() => document.querySelector(".cm-tooltip-lint")?.textContent.includes("cannot drop"));
      await app.page.click('.finding[data-rule="drop-before-dependent"] button.jump');
      await app.until(() => document.activeElement?.getAttribute("aria-label") === "Rollback");
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    on("a fix is applied by a press, and can be undone", async (app) => {
      await app.verdict("unsafe");
      const titles = await app.page.$$eval("button.fix", (buttons) => buttons.map((button) => button.textContent));
      assert.ok(titles.length > 0, `a fix among the findings: ${await app.findings()}`);
      await app.page.click("button.fix");
      await app.until((rollback) => document.querySelector('.cm-content[aria-label="Rollback"]').innerText.trim() !== rollback, BAD);
      await app.until(() => document.activeElement?.className === "notice");
      assert.ok(await app.page.$eval(".notice", (notice) => notice.getBoundingClientRect().top >= 0 && notice.getBoundingClientRect().bottom <= innerHeight), "the way back is in sight");
      await app.page.click('[data-do="undo"]');
      await app.until((rollback) => document.querySelector('.cm-content[aria-label="Rollback"]').innerText.trim() === rollback, BAD);
      await app.verdict("unsafe");
      assert.equal(await app.page.evaluate(() => document.activeElement?.id), "verdict", "the focus stands somewhere");
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    on("the pictures lead to the editors and back", async (app) => {
      await app.until(() => document.querySelectorAll("[data-drawn] svg").length === 3);
      const words = await app.page.$$eval("[data-drawn]", (all) => all.map((one) => [one.dataset.drawn, one.querySelectorAll("details li").length > 0]));
      assert.deepEqual(words, [["coverage", true], ["order", true], ["ladder", true]]);
      await app.page.evaluate(() => document.querySelector('.drawing [data-side="rollback"][data-line="2"]').dispatchEvent(new MouseEvent("click", { bubbles: true })));
      await app.until(() => document.activeElement?.getAttribute("aria-label") === "Rollback");
      await app.until(() => document.querySelector('.drawing [data-side="rollback"][data-line="2"][data-chosen]'));
      // The same in words, for who has no pointer.
      await app.page.focus('[data-drawn="coverage"] summary');
      await app.page.keyboard.press("Enter");
      await app.page.keyboard.press("Tab");
      assert.match(await app.page.evaluate(() => document.activeElement.textContent), /^forward 1, line 1 /);
      await app.page.keyboard.press("Enter");
      await app.until(() => document.activeElement?.getAttribute("aria-label") === "Forward");
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    on("the baseline stands behind its tab and counts", async (app) => {
      await app.type("Forward", "ALTER TABLE u ADD COLUMN e text;");
      await app.type("Rollback", "ALTER TABLE u DROP COLUMN e;");
      await app.page.click("#tab-baseline");
      await app.type("Baseline", "CREATE TABLE u (id int);\nCREATE TABLE e (id int);");
      await app.verdict("safe");
      await app.page.click("#tab-baseline");
      await app.type("Baseline", "CREATE TABLE other (id int);");
      await app.verdict("unsafe");
    });

    on("a pasted text that holds both scripts is taken apart, and that can be undone", async (app) => {
      const goose = "-- +goose Up\nCREATE TABLE g (id int);\n\n-- +goose Down\nDROP TABLE g;\n";
      await app.paste("Forward", goose);
      await app.until(() => document.querySelector(".notice")?.textContent.includes("goose"));
      await app.verdict("safe");
      assert.equal((await app.text("Forward")).trim(), "CREATE TABLE g (id int);");
      assert.equal((await app.text("Rollback")).trim(), "DROP TABLE g;");
      assert.match(await app.page.$eval('select[name="runner"]', (select) => select.selectedOptions[0].textContent), /goose/);
      await app.page.click('[data-do="undo"]');
      await app.until(() => !document.querySelector("[data-verdict]"));
    });

    on("what was recognised of a text outlives a reload", async (app) => {
      const judged = () => app.page.evaluate(() => [document.querySelector("#verdict h1").textContent, document.querySelector('select[name="runner"]').selectedOptions[0].textContent, document.querySelectorAll('.finding[data-severity="warning"]').length]);
      // What goose runs in one transaction is none by itself.
      await app.paste("Forward", "-- +goose Up\nCREATE TABLE g (id int);\nCREATE TABLE h (id int);\n-- +goose Down\nDROP TABLE h;\nDROP TABLE g;\n");
      await app.until(() => document.querySelector(".notice")?.textContent.includes("goose"));
      await app.verdict("safe");
      const before = await judged();
      assert.match(before[1], /goose/);
      await app.page.reload();
      await app.verdict("safe");
      assert.deepEqual(await judged(), before);
    });

    on("both editors come back when a pasted pair took their place", async (app) => {
      await app.type("Forward", FORWARD);
      await app.type("Rollback", BAD);
      await app.verdict("unsafe");
      await app.page.click(app.editor("Rollback"));
      await app.page.keyboard.down("Control");
      await app.page.keyboard.press("KeyA");
      await app.page.keyboard.up("Control");
      await app.paste("Rollback", "-- +goose Up\nCREATE TABLE g (id int);\n-- +goose Down\nDROP TABLE g;\n", { click: false });
      await app.until(() => document.querySelector(".notice")?.textContent.includes("Undo brings back what was in both editors."));
      await app.verdict("safe");
      assert.equal((await app.text("Forward")).trim(), "CREATE TABLE g (id int);");
      await app.page.click('[data-do="undo"]');
      await app.verdict("unsafe");
      assert.deepEqual([await app.text("Forward"), await app.text("Rollback")], [FORWARD, BAD]);
    });

    on("Ctrl+Z brings both editors back from a pasted pair, and goes on from there", async (app) => {
      const undo = async () => {
        await app.page.keyboard.down("Control");
        await app.page.keyboard.press("KeyZ");
        await app.page.keyboard.up("Control");
      };
      const texts = async () => [await app.text("Forward"), await app.text("Rollback")];
      const goose = "-- +goose Up\nCREATE TABLE g (id int);\n-- +goose Down\nDROP TABLE g;\n";
      const paste = async () => {
        await app.page.click(app.editor("Rollback"));
        await app.page.keyboard.down("Control");
        await app.page.keyboard.press("KeyA");
        await app.page.keyboard.up("Control");
        await app.paste("Rollback", goose, { click: false });
        await app.until(() => document.querySelector(".notice")?.textContent.includes("goose"));
        await app.verdict("safe");
      };
      await app.type("Forward", FORWARD);
      await app.type("Rollback", "DROP TABLE b;");
      await app.type("Rollback", BAD);
      await app.verdict("unsafe");
      await paste();
      await undo();
      await app.verdict("unsafe");
      assert.deepEqual(await texts(), [FORWARD, BAD]);
      assert.equal(await app.page.evaluate(() => document.activeElement.ariaLabel), "Rollback");
      // What was done before the paste.
      await undo();
      assert.deepEqual(await texts(), [FORWARD, "DROP TABLE b;"]);
      // Who has typed since takes back what was typed.
      await paste();
      await app.append("Rollback", "-- mine");
      await undo();
      await app.until(() => !document.querySelector(".editor[data-side=rollback]").textContent.includes("mine"));
      assert.equal((await app.text("Forward")).trim(), "CREATE TABLE g (id int);");
    });

    on("a NUL character is named, and what is in backticks is code in every notice", async (app) => {
      await app.type("Forward", "CREATE TABLE a (id int);\0");
      await app.until(() => document.querySelector("#verdict p")?.textContent.startsWith("Forward holds a NUL character, which PostgreSQL takes in no script."));
      assert.equal(await app.page.$eval("#verdict", (verdict) => /failed|input\./.test(verdict.textContent)), false);
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      await app.go("#/examples/run-twice");
      await app.until(() => document.querySelector(".notice code")?.textContent === "IF EXISTS");
      assert.equal(await app.page.$eval(".notice", (notice) => notice.textContent.includes("`")), false);
    });

    on("files become a history, a row each, sorted and opened on what came before", async (app) => {
      const folder = mkdtempSync(join(tmpdir(), "backout-"));
      const files = { "1_a.up.sql": "CREATE TABLE a (id int);", "1_a.down.sql": "DROP TABLE a;", "2_b.up.sql": "ALTER TABLE a ADD b int;", "2_b.down.sql": "ALTER TABLE a DROP c;", "3_c.up.sql": "CREATE TABLE c ();" };
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
      try {
        const input = await app.page.$('input[name="files"]');
        await input.uploadFile(...Object.keys(files).map((file) => join(folder, file)));
        await app.until(() => document.querySelectorAll("[data-migration]").length === 3);
      } finally {
        rmSync(folder, { recursive: true });
      }
      const rows = () => app.page.$$eval("[data-migration]", (rows) => rows.map(({ dataset }) => `${dataset.migration} ${dataset.rowVerdict}`));
      assert.deepEqual(await rows(), ["2_b unsafe", "3_c missing", "1_a safe"]);
      const runs = await app.page.$eval('[data-question="rollback_runs"]', (answer) => [answer.querySelector(".mark").dataset.mark, answer.querySelector(".proof").textContent]);
      assert.deepEqual(runs, ["no", "1 of 3 yes, 1 no, 1 without rollback"]);
      assert.equal(await app.page.$eval('[data-migration="3_c"] .mark:nth-child(2)', (mark) => mark.title), "The rollback runs: there is no rollback");
      assert.match(await app.page.$eval("#verdict", (verdict) => verdict.innerText), /^1 of 3 rollbacks safe\s+1 unsafe\s+1 without rollback/);
      assert.equal(await app.page.$eval(".findings", (findings) => findings.hidden), true, "the rows hold the findings");
      await serious(app, "a history");
      await app.page.click("thead th:nth-child(1) button");
      assert.deepEqual(await rows(), ["1_a safe", "2_b unsafe", "3_c missing"]);
      await app.page.click('[data-migration="2_b"] button');
      // The history is as unsafe as this migration of it: first the migration must have taken its place.
      await app.until(() => document.querySelector(".crumb:not([hidden])"));
      await app.verdict("unsafe");
      assert.equal((await app.text("Rollback")).trim(), "ALTER TABLE a DROP c;");
      await app.type("Rollback", "ALTER TABLE a DROP b;");
      await app.verdict("safe");
      await app.page.evaluate(() => history.back());
      await app.until(() => document.activeElement?.textContent === "2_b");
      await app.page.evaluate(() => history.forward());
      await app.until(() => document.querySelector(".crumb:not([hidden])"));
      await app.page.click(".crumb button");
      await app.until(() => document.activeElement?.textContent === "2_b");
      assert.deepEqual(await rows(), ["1_a safe", "2_b unsafe", "3_c missing"], "sorted as it was left");
      await app.page.click(".over-table button");
      await app.until(() => document.querySelector(".history").checkVisibility() === false);
      await app.page.click('[data-do="undo"]');
      await app.until(() => document.querySelectorAll("[data-migration]").length === 3);
    });

    on("a pasted runbook becomes a row for each of its sections", async (app) => {
      await app.paste("Rollback", "# Undo the release\n\n## Views\n\n```sql\nDROP VIEW v;\n```\n\n## Tables\n\n```sql\nDROP TABLE a;\n```\n");
      await app.until(() => document.querySelectorAll("[data-migration]").length === 2);
      assert.deepEqual(await app.page.$$eval("[data-migration]", (rows) => rows.map(({ dataset }) => dataset.migration)), ["Views", "Tables"]);
      assert.match(await app.page.$eval(".notice", (notice) => notice.textContent), /document/);
      await app.page.click('[data-migration="Tables"] button');
      await app.until(() => document.querySelector(".crumb:not([hidden])"));
      assert.equal((await app.text("Rollback")).trim(), "DROP TABLE a;");
      assert.equal((await app.text("Forward")).trim(), "");
      assert.equal(await app.page.$(".notice"), null, "what was said of the whole is past");
    });

    on("Back and Forward keep what was made of a link's scripts", async (app) => {
      await app.verdict("unsafe");
      await app.type("Rollback", GOOD);
      await app.verdict("safe");
      await app.go("#/rules/drop-before-dependent");
      await app.until(() => document.title === "drop-before-dependent - backout");
      await app.page.evaluate(() => history.back());
      await app.until(() => document.title === "backout: will this rollback work?");
      await app.verdict("safe");
      assert.equal(await app.text("Rollback"), GOOD);
      await app.go(link({ forward: FORWARD, rollback: "DROP TABLE a;" }));
      await app.verdict("unsafe");
      await app.page.click('[data-do="undo"]');
      await app.verdict("safe");
      assert.equal(await app.text("Rollback"), GOOD);
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    on("a card opens its example afresh, and Back to one keeps the edits", async (app) => {
      await app.go("#/examples/good");
      await app.verdict("safe");
      await app.type("Rollback", BAD);
      await app.verdict("unsafe");
      await app.go("#/examples");
      await app.page.waitForSelector(".page:not([hidden]) a.card", { visible: true });
      await app.page.evaluate(() => history.back());
      await app.until(() => !document.querySelector(".bench").hidden);
      assert.equal(await app.text("Rollback"), BAD);
      await app.go("#/examples");
      await app.page.waitForSelector('.page:not([hidden]) a.card[href="#/examples/good"]', { visible: true });
      await app.page.click('.page:not([hidden]) a.card[href="#/examples/good"]');
      await app.verdict("safe");
    });

    on("a broken link and an unknown page say so and leave the texts alone, and a reload brings them back", async (app) => {
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      for (const [fragment, words] of [["#1.AAAA", /broken/], ["#/nothing", /no such page/], ["#/examples/nothing", /no such page/]]) {
        await app.go(fragment);
        await app.until((source) => new RegExp(source).test(document.querySelector(".notice.bad")?.textContent ?? ""), words.source);
        assert.equal(await app.text("Forward"), FORWARD);
      }
      await app.go("#/");
      await app.page.reload();
      await app.verdict("missing");
      await app.until(() => document.querySelectorAll(".code[data-ready]").length === 3);
      assert.equal(await app.text("Forward"), FORWARD);
    });

    test("a link's settings are not remembered, and a choice by hand is", async () => {
      const stated = `#1.${deflateSync(JSON.stringify({ f: FORWARD, r: GOOD, s: { v: 14, s: true } })).toString("base64url")}`;
      const app = await open();
      await app.page.evaluate(() => localStorage.clear());
      const chosen = () => app.page.evaluate(() => [document.querySelector('[name="strict"]').checked, document.querySelector('[name="server_version"]').value]);
      await app.page.select('select[name="server_version"]', "15");
      await app.go(stated);
      await app.verdict("safe");
      assert.deepEqual(await chosen(), [true, "14"]);
      await app.page.click('input[name="assume_new"]');
      await app.go("#/");
      await app.page.reload();
      await app.until(() => document.querySelectorAll(".code[data-ready]").length === 3);
      assert.deepEqual(await chosen(), [false, "15"]);
      assert.equal(await app.page.$eval('input[name="assume_new"]', (box) => box.checked), true);
      await app.close();
    });

    on("lost rows are said in the banner, and an opened answer tells what yes would mean", async (app) => {
      await app.verdict("safe");
      assert.equal(await app.page.$eval("#verdict .lost", (lost) => lost.textContent), "But rows older than the forward are lost: public.patients.notes.");
      const means = (question) => app.page.$eval(`[data-question="${question}"] .meaning:last-child`, (meaning) => meaning.textContent);
      assert.match(await means("lossless"), /^Yes would mean: no row /);
      assert.match(await means("rollback_runs"), /^Right after /);
      await app.go("#/examples/good");
      await app.until(() => document.querySelector("#verdict .lost").textContent === "");
    }, { fragment: "#/examples/data-loss" });

    on("who comes to an editor by the keyboard is told how to leave it, and the arrows change the tab", async (app) => {
      const told = () => app.page.$eval('.editor[data-side="forward"] .keys', (keys) => keys.checkVisibility());
      await app.page.click(app.editor("Forward"));
      assert.equal(await told(), false);
      await app.page.focus("#tab-scripts");
      await app.page.keyboard.press("Tab");
      await app.until(() => document.activeElement?.getAttribute("aria-label") === "Forward");
      assert.equal(await told(), true);
      const id = await app.page.$eval(app.editor("Forward"), (content) => content.getAttribute("aria-describedby"));
      assert.match(await app.page.evaluate((id) => document.getElementById(id).textContent, id), /Esc, then Tab/);
      await app.page.focus("#tab-scripts");
      await app.page.keyboard.press("ArrowRight");
      assert.deepEqual(await app.page.evaluate(() => [document.activeElement.id, document.activeElement.ariaSelected]), ["tab-baseline", "true"]);
      await app.page.keyboard.press("ArrowLeft");
      assert.equal(await app.page.evaluate(() => document.activeElement.id), "tab-scripts");
    });

    on("a page with nothing on it has nothing to share", async (app) => {
      assert.equal(await app.page.$eval(".share", (share) => share.disabled), true);
      await app.type("Forward", FORWARD);
      await app.until(() => !document.querySelector(".share").disabled);
    });

    on("of a rollback that is not there nothing is praised", async (app) => {
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      const marks = await app.page.$$eval(".answers .mark", (marks) => marks.map(({ dataset }) => dataset.mark).join());
      assert.equal(marks, "yes,,no,no,,no,,,yes");
      await app.type("Forward", "CREATE TABLE `a` (id int);");
      await app.until(() => document.querySelector("#verdict p")?.textContent.endsWith('near "`".'));
    });

    on("the menu closes by Escape and by a press elsewhere", async (app) => {
      const opened = () => app.page.$eval(".menu", (menu) => menu.open);
      await app.page.click(".menu summary");
      await app.page.keyboard.press("Tab");
      await app.page.keyboard.press("Escape");
      assert.equal(await opened(), false);
      assert.equal(await app.page.evaluate(() => document.activeElement.textContent), "Report");
      await app.page.click(".menu summary");
      assert.equal(await opened(), true);
      await app.page.click("#tab-scripts");
      assert.equal(await opened(), false);
    });

    on("another text is read from its beginning, and a corrected one where the reader is", async (app) => {
      const top = () => app.page.$eval('.editor[data-side="rollback"] .cm-scroller', (scroller) => scroller.scrollTop);
      const long = "DROP TABLE a;\nDROP VIEW v;\n".padEnd(4000, "-- and on\r\n");
      await app.go(link({ forward: FORWARD, rollback: long }));
      await app.verdict("unsafe");
      await app.page.click('.finding[data-rule="drop-before-dependent"] button.fix');
      await app.until(() => document.querySelector(".notice")?.textContent.startsWith("Done"));
      assert.equal(await app.page.$$eval('.editor[data-side="rollback"] .cm-line', ([first]) => first.textContent), "DROP VIEW v;");
      await app.page.evaluate(() => (document.querySelector('.editor[data-side="rollback"] .cm-scroller').scrollTop = 2000));
      await app.until(() => [...document.querySelectorAll('.editor[data-side="rollback"] .cm-gutterElement')].some(({ textContent }) => textContent === "120"));
      await app.page.click('[data-do="undo"]');
      await app.verdict("unsafe");
      assert.ok((await top()) > 1900, "where the reader is");
      await app.go("#/examples/good");
      await app.verdict("safe");
      await app.until(() => document.querySelector('.editor[data-side="rollback"] .cm-scroller').scrollTop === 0);
    });

    on("a dropped script lands in an editor", async (app) => {
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      await app.page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["-- migrate:up\nCREATE TABLE d ();\n-- migrate:down\nDROP TABLE d;\n"], "20240101_d.sql"));
        window.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      });
      await app.verdict("safe");
      assert.equal((await app.text("Rollback")).trim(), "DROP TABLE d;");
      await app.page.click('[data-do="undo"]');
      await app.verdict("missing");
      assert.equal(await app.text("Forward"), FORWARD, "what was there before comes back");
    });

    on("choices change the verdict and are remembered", async (app) => {
      await app.type("Forward", "CREATE TABLE one ();\nCREATE TABLE two ();");
      await app.type("Rollback", "DROP TABLE two;\nDROP TABLE one;");
      await app.verdict("safe");
      await app.page.click('input[name="strict"]');
      await app.verdict("unsafe");
      await app.page.select('select[name="server_version"]', "14");
      await app.page.select('select[name="runner"]', "psql-single-transaction");
      await app.ready();
      await app.page.reload();
      await app.until(() => document.querySelectorAll(".code[data-ready]").length === 3);
      const chosen = await app.page.evaluate(() => [document.querySelector('[name="strict"]').checked, document.querySelector('[name="server_version"]').value, document.querySelector('[name="runner"]').value]);
      assert.deepEqual(chosen, [true, "14", "psql-single-transaction"]);
    });

    on("what the choices mean is said where no pointer can rest", async (app) => {
      const means = () => app.page.$eval(".about dl", (list) => (list.checkVisibility() ? list.innerText : ""));
      assert.equal(await means(), "");
      await app.page.focus(".about summary");
      await app.page.keyboard.press("Enter");
      for (const name of ["Run by", "Strict", "Objects are new"]) {
        assert.match(await means(), new RegExp(name));
      }
    });

    on("each example opens and is judged", async (app) => {
      await app.go("#/examples");
      const names = await app.page.$$eval(".page:not([hidden]) a.card", (cards) => cards.map((card) => card.getAttribute("href")));
      assert.ok(names.length >= 10, `${names.length} examples`);
      for (const example of names) {
        await app.go(example);
        await app.until(() => document.querySelector(".notice p"));
        await app.until(() => document.documentElement.dataset.state === "ready" && document.querySelector("[data-verdict]"));
        assert.equal(Object.values(await app.answers()).filter(Boolean).length, 9, example);
      }
    });

    on("many notes of a rule are one line that opens", async (app) => {
      const tables = ["a", "b", "c", "d", "e"];
      await app.type("Forward", tables.map((table) => `CREATE TABLE ${table} (id int);`).join("\n"));
      await app.type("Rollback", tables.map((table) => `DROP TABLE ${table};`).join("\n"));
      await app.until(() => /^5 notes.* And 4 more like it\.$/.test(document.querySelector(".group[data-severity=note] summary")?.textContent ?? ""));
      assert.equal(await app.page.$(".group[data-severity=note] .finding"), null, "what is folded is made when it is opened");
      await app.page.click(".group[data-severity=note] summary");
      await app.page.waitForSelector('.group[data-severity=note] .finding[data-rule="loses-new-rows"]', { visible: true });
      assert.equal((await app.page.$$(".group[data-severity=note] .finding")).length, 5);
      await app.append("Rollback", "\n-- and on\nDROP TABLE IF EXISTS e;");
      await app.until(() => document.querySelectorAll(".group[data-severity=note] .finding").length === 5 && document.querySelector('.finding[data-rule="loses-new-rows"]'));
      assert.ok(await app.page.$(".group[data-severity=note] details[open]"), "it stays open while the scripts are changed");
      await serious(app, "an open group");
    });

    on("many warnings of a rule and many errors at a statement are one line below the first", async (app) => {
      const columns = ["a", "b", "c", "d", "e"];
      const retype = (type) => `ALTER TABLE t ${columns.map((column) => `ALTER COLUMN ${column} TYPE ${type}`).join(", ")};\n`;
      const table = (name, type) => `CREATE TABLE ${name} (${columns.map((column) => `${column} ${type}`).join(", ")});\n`;
      await app.go(link({ forward: `${retype("bigint")}DROP TABLE u;`, rollback: `BEGIN;\n${retype("int")}${table("u", "bigint")}COMMIT;`, baseline: table("t", "int") + table("u", "int") }));
      await app.verdict("unsafe");
      const lines = () => app.page.$$eval(".findings > ol > li", (all) => all.map((line) => line.dataset.rule ?? line.querySelector("summary").textContent));
      const [first, errors, second, warnings] = await lines();
      assert.deepEqual([first, second], ["definition-not-restored", "may-fail-on-rows"]);
      assert.match(errors, /^4 errors.* And 3 more like it\.$/);
      assert.match(warnings, /^4 warnings.* And 3 more like it\.$/);
      await app.page.click('.group[data-severity="warning"] summary');
      await app.page.waitForSelector('.group .finding[data-rule="may-fail-on-rows"]', { visible: true });
      assert.equal((await app.page.$$('.finding[data-rule="may-fail-on-rows"]')).length, 5);
    });

    on("that a runner is only assumed is said where naming it would change the verdict", async (app) => {
      const assumed = () => app.page.$eval(".verdict .assumed", (line) => line.textContent);
      await app.type("Forward", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);");
      await app.type("Rollback", "DROP TABLE b;\nDROP TABLE a;");
      await app.verdict("safe");
      assert.match(await assumed(), /^The runner is assumed/);
      await app.page.select('select[name="runner"]', "psql-stop");
      await app.verdict("unsafe");
      assert.equal(await assumed(), "");
      await app.page.select('select[name="runner"]', "");
      await app.type("Rollback", "BEGIN;\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\nCOMMIT;");
      await app.until(() => document.querySelector(".verdict .assumed")?.textContent === "");
    });

    on("a rule has its page, its example opens, and its findings can be turned off", async (app) => {
      await app.go("#/rules");
      await app.until(() => document.querySelectorAll(".rules a").length > 40);
      await app.go("#/rules/drop-before-dependent");
      await app.until(() => document.querySelector(".rule .prose h2"));
      const captions = await app.page.$$eval(".rule .prose figcaption", (captions) => captions.map((caption) => caption.textContent));
      assert.deepEqual(captions.slice(0, 3), ["baseline", "forward", "rollback"]);
      await app.page.click('[data-example="Reported"]');
      await app.verdict("unsafe");
      assert.ok((await app.findings()).some((finding) => finding.startsWith("drop-before-dependent:")));
      await app.go("#/rules/drop-before-dependent");
      await app.page.waitForSelector('[name="rule-drop-before-dependent"]', { visible: true });
      await app.page.click('[name="rule-drop-before-dependent"]');
      await app.go("#/");
      await app.until(() => !document.querySelector('.finding[data-rule="drop-before-dependent"]'));
      await app.verdict("unsafe");
    });

    on("a link carries everything", async (app) => {
      await app.page.click(".share");
      await app.until(() => location.hash.startsWith("#1."));
      const fragment = new URL(app.page.url()).hash;
      const other = await open(fragment);
      await other.verdict("unsafe");
      assert.equal(await other.text("Rollback"), BAD);
      await other.close();
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    test("a broken or hostile link gives a message and an empty page", async () => {
      const packed = (text) => `#1.${deflateSync(text).toString("base64url")}`;
      const hostile = [
        "#1.%00%ff", "#1.AAAA", "#1.", packed("[".repeat(100_000)), packed(`{"f":7}`), packed("x".repeat(17 << 20)),
        packed(JSON.stringify({ f: "<img src=x onerror=alert(1)>", s: { v: 3 } })),
      ];
      for (const fragment of hostile) {
        const app = await open(fragment);
        await app.until(() => document.querySelector(".notice.bad"));
        assert.equal(await app.page.$("[data-verdict]"), null);
        assert.equal((await app.text("Forward")).trim(), "");
        await app.type("Forward", FORWARD);
        await app.verdict("missing");
        assert.deepEqual(app.problems, []);
        await app.close();
      }
    });

    on("markup in scripts stays text", async (app) => {
      await app.verdict("unsafe");
      assert.equal(await app.page.$(".findings img, .verdict img, .answers img, .pictures img, .pictures script"), null);
      assert.ok((await app.page.$eval(".findings", (findings) => findings.textContent)).includes("<script>"));
      assert.equal(await app.page.evaluate(() => globalThis.hit), undefined);
    }, { fragment: link({ forward: 'CREATE TABLE "<img src=x onerror=hit=1>" (id int);', rollback: 'DROP TABLE "<script>hit=1</script>";' }) });

    on("the report is copied and saved in every format", async (app) => {
      await app.verdict("unsafe");
      // What would be saved, instead of a dialog.
      await app.page.evaluate(() => {
        globalThis.saved = [];
        URL.createObjectURL = (blob) => (blob.text().then((text) => saved.push(text)), "#");
        HTMLAnchorElement.prototype.click = () => {};
        Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => saved.push(text) } });
      });
      const get = async (selector) => {
        const count = await app.page.evaluate(() => saved.length);
        await app.page.click(".menu summary");
        await app.page.click(selector);
        await app.until((count) => saved.length > count, count);
        return app.page.evaluate(() => saved.at(-1));
      };
      assert.equal(JSON.parse(await get('[data-save="json"]')).migrations[0].verdict, "unsafe");
      assert.match(await get('[data-save="markdown"]'), /^## ❌ The rollback would not work/);
      assert.match(await get('[data-save="html"]'), /^<!doctype html>/);
      assert.equal(JSON.parse(await get('[data-save="sarif"]')).version, "2.1.0");
      assert.match(await get('[data-copy="markdown"]'), /drop-before-dependent/);
      assert.equal(JSON.parse(await get('[data-copy="json"]')).schema_version, 1);
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    for (const how of ["panic", "loop", "memory"]) {
      on(`after a ${how} in the analyser the page lives and works again`, async (app) => {
        await app.verdict("unsafe");
        await app.page.evaluate((how) => (globalThis.backoutProvoke = how), how);
        await app.append("Rollback", " -- and on");
        await app.until(() => document.querySelector("#verdict")?.dataset.tone === "failed");
        assert.match(await app.page.$eval("#verdict", (verdict) => verdict.textContent), /your next change starts it afresh/);
        await app.type("Rollback", GOOD);
        await app.verdict("safe");
      }, { fragment: link({ forward: FORWARD, rollback: BAD }) });
    }

    test("nothing is requested after the first load", async () => {
      const app = await open();
      await app.type("Forward", FORWARD);
      await app.verdict("missing");
      const requests = [];
      app.page.on("request", (request) => /^(http|ws)/.test(request.url()) && requests.push(request.url()));
      await app.type("Rollback", BAD);
      await app.verdict("unsafe");
      await app.page.evaluate(() => (globalThis.backoutProvoke = "panic"));
      await app.append("Rollback", " -- and on");
      await app.until(() => document.querySelector("#verdict")?.dataset.tone === "failed");
      await app.type("Rollback", GOOD);
      await app.verdict("safe");
      for (const route of ["#/rules", "#/rules/syntax-error", "#/examples", "#/examples/order"]) {
        await app.go(route);
        await app.ready();
      }
      await app.page.click(".share");
      await app.until(() => location.hash.startsWith("#1."));
      // The page asks for its own address again when only the fragment changes in some browsers' logs.
      assert.deepEqual(requests.filter((address) => address.split("#")[0] !== site.address), []);
      await app.close();
    });

    test("the policy lets nothing in and nothing out", async () => {
      const app = await open();
      const policy = await app.page.$eval('meta[http-equiv="Content-Security-Policy"]', (meta) => meta.content);
      const scripts = policy.split("; ").find((part) => part.startsWith("script-src"));
      assert.match(scripts, /^script-src 'self' 'wasm-unsafe-eval' 'sha256-[^']+'$/);
      assert.match(policy, /default-src 'none'/);
      const tried = await app.page.evaluate(async () => {
        const script = document.createElement("script");
        script.textContent = "globalThis.injected = 1";
        document.body.append(script);
        const sent = await fetch("https://example.com/").then(() => "sent", () => "refused");
        return [globalThis.injected ?? "refused", sent];
      });
      assert.deepEqual(tried, ["refused", "refused"]);
      await app.close();
    });

    test("two pages of it do not disturb each other", async () => {
      const [one, two] = [await open(link({ forward: FORWARD, rollback: BAD })), await open(link({ forward: FORWARD, rollback: GOOD }))];
      await two.verdict("safe");
      await one.page.bringToFront();
      await one.verdict("unsafe");
      await one.close();
      await two.close();
    });

    on("everything can be done with the keyboard", async (app) => {
      const press = (key) => app.page.keyboard.press(key);
      const reached = new Set();
      const focus = () => app.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.getAttribute("data-question") ?? document.activeElement?.closest("[data-question]")?.dataset.question ?? document.activeElement?.textContent ?? "");
      await app.page.focus(".brand");
      for (let step = 0; step < 60; step += 1) {
        // Escape, so that Tab leaves an editor instead of indenting.
        await press("Escape");
        await press("Tab");
        reached.add((await focus()).trim());
      }
      for (const wanted of ["Examples", "Rules", "Share", "Report", "Forward", "Rollback", "Scripts", "Open files", "rollback_runs", "Rollback, line 1"]) {
        assert.ok(reached.has(wanted), `${wanted} is not among ${[...reached].join(" | ")}`);
      }
      const order = [...reached];
      assert.ok(order.indexOf("rollback_runs") < order.indexOf("Rollback, line 1"), "the answers come before the findings");
    }, { fragment: link({ forward: FORWARD, rollback: BAD }) });

    for (const dark of [false, true]) {
      test(`axe finds nothing serious, ${dark ? "dark" : "light"}`, async () => {
        for (const [fragment, width] of [[link({ forward: FORWARD, rollback: BAD }), 1360], [link({ forward: FORWARD, rollback: GOOD }), 380], ["", 1360], ["#/rules/drop-before-dependent", 1360], ["#/examples", 380]]) {
          const app = await open(fragment, { width, dark });
          await serious(app, `${fragment.slice(0, 20)} at ${width}`);
          await app.close();
        }
      });
    }

    test("a phone's width needs no sideways scrolling, and the verdict stays in sight", async () => {
      const app = await open(link({ forward: FORWARD, rollback: BAD }), { width: 360, height: 740 });
      await app.verdict("unsafe");
      assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
      await app.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
      const top = await app.page.$eval("#verdict", (verdict) => verdict.getBoundingClientRect().top);
      assert.ok(top >= 0 && top < 10, `the verdict is at ${top}`);
      await app.page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        const name = "20240101000000_a_name_that_says_all_there_is_to_say_about_it";
        dataTransfer.items.add(new File(["CREATE TABLE d ();"], `${name}.up.sql`));
        dataTransfer.items.add(new File(["DROP TABLE d;"], `${name}.down.sql`));
        window.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      });
      await app.page.waitForSelector("[data-migration] button", { visible: true });
      assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, "a history");
      await app.page.click("[data-migration] button");
      await app.page.waitForSelector(".crumb:not([hidden])");
      assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, "an opened row");
      await app.close();
    });
  });
}
