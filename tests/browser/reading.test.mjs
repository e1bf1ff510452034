// How the page is read: by pointing, on paper, on narrow and on low screens. In Chromium and in Firefox.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { App, host, launch, link, pair, tester } from "./browsers.mjs";

const FORWARD = "CREATE TABLE a (id int PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM a;";
const BAD = "DROP TABLE a;\nDROP VIEW v;";

let site;
before(async () => (site = await host()));
after(() => site.stop());

for (const name of ["chromium", "firefox"]) {
  describe(name, () => {
    let browser;
    before(async () => (browser = await launch(name)));
    after(() => browser?.close());
    const on = tester((fragment, options) => App.open(browser, site.address, fragment, options));

    on("pointing at a picture scrolls the editor and not the page", async (app) => {
      await app.until(() => document.querySelectorAll("[data-drawn] svg").length === 3);
      const place = () =>
        app.page.evaluate(() => {
          const box = document.querySelector('.drawing [data-side="forward"][data-line="45"]');
          const { left, top, width, height } = box.getBoundingClientRect();
          return { x: left + width / 2, y: top + height / 2, scrolled: scrollY };
        });
      await app.until(() => {
        const box = document.querySelector('.drawing [data-side="forward"][data-line="45"]');
        // Firefox scrolls to the picture that a box is in, and not to the box.
        scrollBy({ top: box.getBoundingClientRect().top - innerHeight / 2, behavior: "instant" });
        return Math.abs(box.getBoundingClientRect().top - innerHeight / 2) < 100;
      });
      const { x, y, scrolled } = await place();
      assert.ok(scrolled > 500, `the picture is below the editors: ${scrolled}`);
      await app.page.mouse.move(x, y);
      await app.until(() => document.querySelector('.editor[data-side="forward"] .cm-scroller').scrollTop > 0);
      // Two frames, in which a page would be scrolled.
      await app.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.equal((await place()).scrolled, scrolled, "the page stays where it is");
      // An editor out of sight draws no lines.
      await app.page.evaluate(() => window.scrollTo(0, 0));
      const inside = await app.until(() => {
        const editor = document.querySelector('.editor[data-side="forward"]');
        const line = [...editor.querySelectorAll(".cm-line")].find((line) => line.textContent.includes("TABLE t44 "))?.getBoundingClientRect();
        const frame = editor.querySelector(".cm-scroller").getBoundingClientRect();
        return line && line.top >= frame.top - 1 && line.bottom <= frame.bottom + 1;
      });
      assert.ok(inside, "the line is in sight of its editor");
    }, { fragment: link(pair(50)), width: 1280, height: 720 });

    on("a finding still leads the page to its line", async (app) => {
      await app.page.waitForSelector(".finding button.jump");
      await app.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await app.page.evaluate(() => document.querySelector('.finding[data-rule="drop-before-dependent"] button.jump').click());
      await app.until(() => document.activeElement?.getAttribute("aria-label") === "Rollback");
      await app.until(() => {
        const { top, bottom } = document.querySelector('.editor[data-side="rollback"] .cm-activeLine').getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    }, { fragment: link({ forward: FORWARD, rollback: BAD }), width: 1280, height: 500 });

    for (const [width, height] of [[1280, 720], [820, 1180]]) {
      on(`no picture is cut off at ${width} by ${height}`, async (app) => {
        await app.until(() => document.querySelectorAll("[data-drawn] svg").length === 3);
        const cut = await app.page.$$eval(".drawing", (all) => all.map((drawing) => drawing.scrollHeight - drawing.clientHeight));
        assert.deepEqual(cut.filter((more) => more > 1), []);
      }, { fragment: link(pair(24)), width, height });
    }

    on("at 320 pixels the headings stand beside no question", async (app) => {
      await app.verdict("unsafe");
      const over = await app.page.$$eval(".answers li", (rows) =>
        rows.flatMap((row) => {
          const range = document.createRange();
          range.selectNodeContents(row.querySelector(".claim").firstChild);
          const label = row.querySelector(".check").getBoundingClientRect();
          const meets = [...range.getClientRects()].some(({ left, right, top, bottom }) => label.width && left < label.right && label.left < right && top < label.bottom && label.top < bottom);
          return meets ? [row.textContent] : [];
        }),
      );
      assert.deepEqual(over, []);
      assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
    }, { fragment: link({ forward: FORWARD, rollback: BAD }), width: 320, height: 640 });

    if (name === "chromium") {
      on("on paper the scripts are whole and the verdict stands in its place", async (app) => {
        await app.verdict("safe");
        assert.ok((await app.page.$$('.editor[data-side="forward"] .cm-line')).length < 150, "an editor holds what is in sight");
        await app.page.emulateMediaType("print");
        await app.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
        const seen = await app.page.evaluate(() => ({
          lines: document.querySelector('.editor[data-side="forward"]').innerText.split("\n").filter((line) => line.startsWith("CREATE")).length,
          fits: [...document.querySelectorAll(".editor:not([data-side=baseline]), .pair, .verdict, .judgement")].every((part) => part.scrollHeight <= part.clientHeight + 2),
          places: [".verdict", ".judgement"].map((part) => getComputedStyle(document.querySelector(part)).position),
          buttons: [...document.querySelectorAll("button:not(.finding .jump)")].filter((button) => button.checkVisibility()).length,
        }));
        assert.deepEqual(seen, { lines: 150, fits: true, places: ["static", "static"], buttons: 0 });
        await app.page.evaluate(() => dispatchEvent(new Event("afterprint")));
        assert.equal(await app.page.$eval(".printed", (printed) => printed.textContent), "");
      }, { fragment: link(pair(150)) });
    }
  });
}
