// The figures of the app, printed beside what they are to reach: keystroke to verdict, a whole history, what is transferred.
// Times are not asserted, as machines are shared; what is transferred is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { App, host, launch, link, pair } from "./browsers.mjs";

let site;
let browser;
before(async () => {
  site = await host();
  browser = await launch("chromium");
});
after(async () => {
  await browser?.close();
  site.stop();
});

/** The medians of some rounds of keystrokes; the least of them is that of the page, the others that of the machine's other work. */
async function keystrokes(statements) {
  const app = await App.open(browser, site.address, link(pair(statements)));
  await app.verdict("safe");
  const medians = await app.page.evaluate(
    async (selector) => {
      const content = document.querySelector(selector);
      content.focus();
      const root = document.documentElement;
      const once = (letter) =>
        new Promise((resolve) => {
          const start = performance.now();
          const seen = new MutationObserver(() => {
            if (root.dataset.state !== "ready") return;
            seen.disconnect();
            resolve(performance.now() - start);
          });
          seen.observe(root, { attributes: true, attributeFilter: ["data-state"] });
          document.execCommand("insertText", false, letter);
        });
      const medians = [];
      for (let round = 0; round < 5; round += 1) {
        const times = [];
        for (const letter of "-- typed one by one") {
          times.push(await once(letter));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await once("\n");
        medians.push(times.sort((a, b) => a - b)[times.length >> 1]);
      }
      return medians;
    },
    app.editor("Rollback"),
  );
  await app.close();
  return Math.min(...medians);
}

for (const [statements, most] of [[200, 16], [2000, 100]]) {
  test(`keystroke to verdict, a pair of ${statements} statements each`, async () => {
    const median = await keystrokes(statements);
    console.log(`keystroke to verdict, ${statements} + ${statements} statements: median ${median.toFixed(1)} ms (the aim is ${most})`);
    assert.ok(median > 0);
  });
}

test("a history of 366 migrations", async () => {
  const app = await App.open(browser, site.address);
  const took = await app.page.evaluate(async () => {
    const dataTransfer = new DataTransfer();
    const file = (name, text) => dataTransfer.items.add(new File([text], name));
    for (let at = 1; at <= 366; at += 1) {
      const version = String(at).padStart(5, "0");
      const own = `t${at}`;
      const up = `CREATE TABLE ${own} (id bigint PRIMARY KEY, name text NOT NULL, made_at timestamptz DEFAULT now());\nCREATE INDEX ${own}_name_idx ON ${own} (name);\n${at > 7 ? `ALTER TABLE t${at - 7} ADD COLUMN extra_${at} int;` : ""}\nCREATE VIEW v${at} AS SELECT id, name FROM ${own};\n`;
      const down = `DROP VIEW v${at};\n${at > 7 ? `ALTER TABLE t${at - 7} DROP COLUMN extra_${at};` : ""}\nDROP INDEX ${own}_name_idx;\nDROP TABLE ${own};\n`;
      file(`${version}_x.up.sql`, up);
      file(`${version}_x.down.sql`, down);
    }
    const start = performance.now();
    window.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    for (;;) {
      if (document.querySelectorAll("[data-migration]").length === 366) break;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return performance.now() - start;
  });
  assert.equal(await app.page.$$eval('[data-row-verdict="safe"]', (rows) => rows.length), 366);
  console.log(`a history of 366 migrations, from the drop to its table: ${Math.round(took)} ms (the aim is 2000)`);
  await app.close();
});

test("what is transferred", () => {
  const { visible, all, most, owed } = JSON.parse(readFileSync(new URL("../../dist/sizes.json", import.meta.url), "utf8"));
  console.log(`brotli: ${visible} bytes until the page shows itself (the aim is ${most.visible}), ${all} in all (the aim is ${most.all})`);
  assert.ok(visible <= most.visible + owed.visible && all <= most.all + owed.all);
});
