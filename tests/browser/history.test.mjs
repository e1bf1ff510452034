// A history of migrations: its table, its counts, and going to and fro. In Chromium and in Firefox.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { App, host, launch, tester } from "./browsers.mjs";

let site;
before(async () => (site = await host()));
after(() => site.stop());

/** Drops a folder of this name with files below it, given by their paths. */
const drop = (app, name, files) =>
  app.page.evaluate(
    (name, files) => {
      const tree = {};
      for (const [path, text] of Object.entries(files)) {
        const parts = path.split("/");
        const last = parts.pop();
        parts.reduce((folder, part) => (folder[part] ??= {}), tree)[last] = text;
      }
      // What a browser gives for a folder, which no script can put into a DataTransfer.
      const entry = (name, inside) => {
        if (typeof inside === "string") return { name, isFile: true, file: (yes) => yes(new File([inside], name)) };
        const inner = Object.entries(inside).map(([name, inside]) => entry(name, inside));
        return { name, isFile: false, createReader: () => ({ readEntries: (yes) => yes(inner.splice(0)) }) };
      };
      const event = new DragEvent("drop", { bubbles: true, cancelable: true });
      const items = [{ webkitGetAsEntry: () => entry(name, tree) }];
      Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], items, files: [] } });
      window.dispatchEvent(event);
    },
    name,
    files,
  );
const rows = (app) => app.page.$$eval("[data-migration]", (rows) => rows.map(({ dataset }) => `${dataset.migration} ${dataset.rowVerdict}`));
const shown = (app, number) => app.until((number) => document.querySelector(".history").checkVisibility() && document.querySelectorAll("[data-migration]").length === number, number);
const row = (app, id) => app.page.evaluate((id) => document.querySelector(`[data-migration="${id}"] button`).click(), id);

const FEW = {
  "1_a.up.sql": "CREATE TABLE a (id int);",
  "1_a.down.sql": "DROP TABLE a;",
  "2_b.up.sql": "ALTER TABLE a ADD b int;",
  "2_b.down.sql": "ALTER TABLE a DROP c;",
  "3_c.up.sql": "CREATE TABLE c ();",
  "4_20190227170003_create_community_view.up.sql": "CREATE TABLE d ();",
  "4_20190227170003_create_community_view.down.sql": "DROP TABLE d;",
};

/** A history that takes a while. */
const many = (number) =>
  Object.fromEntries(
    Array.from({ length: number }, (_, at) => {
      const [id, own] = [String(at + 1).padStart(5, "0"), `t${at + 1}`];
      const older = at > 7 ? `ALTER TABLE t${at - 6} ADD COLUMN extra_${at} int;` : "";
      return [
        [`${id}_x.up.sql`, `CREATE TABLE ${own} (id bigint PRIMARY KEY, name text NOT NULL);\nCREATE INDEX ${own}_i ON ${own} (name);\n${older}\nCREATE VIEW v${own} AS SELECT id FROM ${own};\n`],
        [`${id}_x.down.sql`, `DROP VIEW v${own};\n${older.replace("ADD COLUMN", "DROP COLUMN").replace(" int;", ";")}\nDROP INDEX ${own}_i;\nDROP TABLE ${own};\n`],
      ];
    }).flat(),
  );

for (const name of ["chromium", "firefox"]) {
  describe(name, () => {
    let browser;
    before(async () => (browser = await launch(name)));
    after(() => browser?.close());
    const on = tester((fragment) => App.open(browser, site.address, fragment, { width: 1280, height: 720 }));

    on("a pasted text of several migrations becomes a row for each", async (app) => {
      const changeset = (number, name) => `--changeset ann:${number}\nCREATE TABLE ${name} (id int);\n--rollback DROP TABLE ${number > 1 ? "nope" : name};\n\n`;
      await app.paste("Forward", `--liquibase formatted sql\n\n${changeset(1, "a")}${changeset(2, "b")}`);
      await shown(app, 2);
      assert.deepEqual(await rows(app), ["ann:2 unsafe", "ann:1 safe"]);
      assert.match(await app.page.$eval(".notice", (notice) => notice.textContent), /2 migrations/);
    });

    on("the worst stand first, and a count shows its rows alone", async (app) => {
      await drop(app, "few", FEW);
      await shown(app, 4);
      const fourth = "4_20190227170003_create_community_view";
      assert.deepEqual(await rows(app), ["2_b unsafe", "3_c missing", "1_a safe", `${fourth} safe`]);
      const counts = () => app.page.$$eval("[data-only]", (all) => all.map((one) => [one.dataset.only, one.textContent, one.ariaPressed]));
      assert.deepEqual(await counts(), [["unsafe", "1 unsafe", "false"], ["missing", "1 without rollback", "false"]]);
      await app.page.focus('[data-only="missing"]');
      await app.page.keyboard.press("Enter");
      await shown(app, 1);
      assert.deepEqual(await rows(app), ["3_c missing"]);
      assert.equal((await counts())[1][2], "true");
      assert.match(await app.page.$eval(".over-table span", (about) => about.textContent), /^1 of 4 migrations/);
      await app.page.click('[data-only="missing"]');
      await shown(app, 4);
      // Its words are whole: only between them a line ends.
      const broken = await app.page.$eval(`[data-migration="${fourth}"] button`, (button) =>
        [...button.childNodes].filter((node) => node.nodeType === 3 && node.length).filter((node) => {
          const range = document.createRange();
          range.selectNode(node);
          return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
        }).length,
      );
      assert.equal(broken, 0);
      assert.ok((await app.page.$eval(`[data-migration="${fourth}"] button`, (button) => button.clientHeight)) < 50, "in two lines");
    });

    on("on a phone a row shows its name, its verdict and its answers", async (app) => {
      await drop(app, "few", FEW);
      await shown(app, 4);
      for (const width of [320, 375]) {
        await app.page.setViewport({ width, height: 720 });
        const [right, edge, tallest] = await app.page.evaluate(() => [
          Math.max(...[...document.querySelectorAll("tbody .marks")].map((marks) => marks.getBoundingClientRect().right)),
          document.querySelector(".scroll").getBoundingClientRect().right,
          Math.max(...[...document.querySelectorAll("[data-migration]")].map((row) => row.clientHeight)),
        ]);
        assert.ok(right <= edge, `the answers end at ${right} of ${edge} at ${width}`);
        assert.ok(tallest <= 130, `a row is ${tallest} high at ${width}`);
      }
    });

    on("a row of a history that no tool runs has the verdict of the table", async (app) => {
      await drop(app, "plain", { "a/up.sql": "CREATE TABLE a (id int);\nCREATE TABLE b (id int);", "a/down.sql": "DROP TABLE b;\nDROP TABLE a;" });
      await shown(app, 1);
      const [[id, verdict]] = (await rows(app)).map((row) => row.split(" "));
      assert.equal(verdict, "safe");
      await row(app, id);
      await app.until(() => document.querySelector(".crumb")?.checkVisibility());
      await app.verdict("safe");
      assert.match(await app.page.$eval(".assumed", (line) => line.textContent), /^The runner is assumed/);
    });

    on("a history that was left out is in the headline", async (app) => {
      const scripts = (folder, id) => ({ [`${folder}/${id}.up.sql`]: `CREATE TABLE t${id} (id int);`, [`${folder}/${id}.down.sql`]: `DROP TABLE t${id};` });
      await drop(app, "mono", { ...scripts("services/users/migrations", "1_u"), ...scripts("services/users/migrations", "2_u"), ...scripts("services/billing/migrations", "1_b") });
      await shown(app, 2);
      await app.ready();
      const [tone, words] = await app.page.$eval("#verdict", (verdict) => [verdict.dataset.tone, verdict.innerText]);
      assert.equal(tone, "unproven");
      assert.match(words, /^2 of 2 rollbacks safe, and not all was judged\s+Another history of 2 files in services\/billing\/migrations/);
    });

    on("who comes back from an edited row finds the table at once, and every other row", async (app) => {
      // What stands there for a moment only.
      await app.page.evaluate(() => {
        globalThis.titles = [];
        const title = () => titles.push(document.querySelector("#verdict h1")?.textContent);
        new MutationObserver(title).observe(document.querySelector("#verdict"), { subtree: true, childList: true, characterData: true });
      });
      await drop(app, "many", many(120));
      await shown(app, 120);
      await app.ready();
      assert.ok((await app.page.evaluate(() => titles)).includes("Judging the history"));
      await row(app, "00090_x");
      await app.until(() => document.querySelector(".crumb")?.textContent.includes("00090_x"));
      await app.append("Rollback", "SELECT 1;");
      await app.ready();
      await app.page.evaluate(() => history.back());
      await shown(app, 120);
      await row(app, "00050_x");
      await app.until(() => document.querySelector(".crumb")?.textContent.includes("00050_x") && document.documentElement.dataset.state === "ready");
      assert.match(await app.text("Forward"), /CREATE TABLE t50 /);
      // Other settings: the whole is judged again, and says so, and no row waits for it.
      await app.page.click('input[name="strict"]');
      await app.ready();
      await app.page.evaluate(() => {
        globalThis.seen = [];
        const words = () => seen.push([".again", ".far"].map((part) => document.querySelector(part)).filter((part) => part.checkVisibility()).map((part) => part.textContent).join(" "));
        new MutationObserver(words).observe(document.querySelector("#verdict"), { subtree: true, childList: true, characterData: true });
        history.back();
      });
      await shown(app, 120);
      await app.ready();
      assert.match((await app.page.evaluate(() => seen)).join("\n"), /The history is judged again\. Migration \d+ of 120\./);
      assert.equal(await app.page.$eval("[data-far]", (far) => far.textContent), "");
      await row(app, "00070_x");
      await app.until(() => document.querySelector(".crumb")?.textContent.includes("00070_x"));
      await app.page.select('select[name="server_version"]', "13");
      await app.ready();
      const took = await app.page.evaluate(async () => {
        history.back();
        while (!document.querySelector(".history").checkVisibility()) await new Promise(requestAnimationFrame);
        const start = performance.now();
        document.querySelector('[data-migration="00020_x"] button').click();
        while (!document.querySelector(".crumb").textContent.includes("00020_x")) await new Promise(requestAnimationFrame);
        return performance.now() - start;
      });
      console.log(`${name}: a row of a history that is judged again opens after ${Math.round(took)} ms`);
      await app.ready();
      assert.match(await app.text("Forward"), /CREATE TABLE t20 /);
      await app.page.evaluate(() => history.back());
      await shown(app, 120);
      await app.ready();
      assert.equal((await rows(app)).length, 120);
    });

    on("what the judgement assumes stands beside it, and what it could assume is offered", async (app) => {
      const [STRICT, NEW, OFFER] = [".on [data-tick=strict]", ".on [data-tick=assume_new]", ".ask [data-tick]"];
      const says = (selector) => app.page.$eval(selector, (button) => button.checkVisibility());
      await app.type("Forward", "CREATE TABLE IF NOT EXISTS log (id int);");
      await app.type("Rollback", "DROP TABLE IF EXISTS log;");
      await app.verdict("unproven");
      assert.deepEqual([await says(OFFER), await says(NEW)], [true, false]);
      await app.page.click(OFFER);
      await app.verdict("safe");
      assert.deepEqual([await says(OFFER), await says(NEW), await says(STRICT)], [false, true, false]);
      assert.equal(await app.page.$eval('[name="assume_new"]', (box) => box.checked), true);
      await app.page.click(NEW);
      await app.verdict("unproven");
      await app.page.click('[name="strict"]');
      await app.until((strict) => document.querySelector(strict).checkVisibility(), STRICT);
      // Something else is not known: the box would change nothing.
      await app.type("Forward", "DROP TABLE log;");
      await app.ready();
      assert.equal(await says(OFFER), false);
    });
  });
}
