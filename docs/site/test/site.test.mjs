// The built site in real browsers: every rule page has a live checker that reports the rule.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BROWSERS, launch, ROOT, site } from "../../../crates/backout-wasm/npm/test/browsers.mjs";
import { rules } from "../../../crates/backout-wasm/npm/dist/node.js";

const SITE = join(ROOT, "dist/site");
const PAGES = join(ROOT, "docs/site/src");

for (const which of BROWSERS) describe(`the site in ${which}`, () => {
  let browser, served;
  before(async () => {
    browser = await launch(which);
    served = await site({ folders: { "/": SITE } });
  });
  after(async () => {
    await browser.close();
    await served.stop();
  });

  async function reports(page) {
    await page.evaluate(async () => {
      for (const host of document.querySelectorAll("backout-check")) host.setAttribute("loading", "eager");
      for (let at = 0; at < document.body.scrollHeight; at += 400) {
        scrollTo(0, at);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    await page.waitForFunction(() => [...document.querySelectorAll("backout-check")].every((host) => /ready|failed/.test(host.getAttribute("state"))), { timeout: 60_000 });
    return page.$$eval("backout-check", (all) => all.map((host) => (host.report ? [...host.report.findings, ...host.report.migrations.flatMap((it) => it.findings)].map((it) => it.rule) : null)));
  }

  test("every rule page with SQL has a checker in which the rule reports, and one in which it is silent", async () => {
    const page = await browser.newPage();
    let live = 0;
    for (const rule of rules()) {
      await page.goto(`${served.url}/rule-${rule.name}.html`);
      assert.equal(await page.$eval("main h1", (heading) => heading.textContent.trim()), rule.name);
      // Examples that are files of a folder stay text.
      const section = (title) => rule.page.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
      const wanted = ["Reported", "Not reported"].filter((title) => /^```sql (forward|rollback)$/m.test(section(title)));
      if (wanted.length === 0) continue;
      const all = await reports(page);
      assert.equal(all.length, wanted.length, `${rule.name}: ${all.length} checkers`);
      for (const [at, title] of wanted.entries()) assert.equal(all[at]?.includes(rule.name), title === "Reported", `${rule.name}: under "${title}" the checker reports ${all[at]}`);
      live += 1;
    }
    assert.ok(live > 40, `${live} live pages`);
  });

  for (const name of readdirSync(PAGES).filter((name) => /^(introduction|questions|embed|tutorial)\.md$/.test(name))) {
    test(`${name} shows its checkers, its pictures, and nothing that was left to fill in`, async () => {
      const page = await browser.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(`${served.url}/${name.replace(".md", ".html")}`);
      const all = await reports(page);
      assert.ok(all.every((rules) => rules !== null), JSON.stringify(all));
      const text = readFileSync(join(PAGES, name), "utf8");
      assert.equal(await page.$$eval("main svg.backout-picture", (all) => all.length), [...text.matchAll(/\{\{picture/g)].length);
      assert.doesNotMatch(await page.$eval("main", (main) => main.textContent), /\{\{/);
      // A drawing whose colours do not reach it is a black rectangle.
      const papers = await page.$$eval("main svg.backout-picture rect.paper", (all) => all.map((paper) => getComputedStyle(paper).fill));
      assert.deepEqual(papers.filter((fill) => fill === "rgb(0, 0, 0)"), []);
      assert.deepEqual(errors, []);
    });
  }

  test("the app and the documentation lead to each other", async () => {
    const page = await browser.newPage();
    const whole = await site({ folders: { "/": join(ROOT, "dist") } });
    await page.goto(`${whole.url}/`);
    await page.waitForSelector("footer a");
    await Promise.all([page.waitForNavigation(), page.$eval("footer a", (link) => link.click())]);
    assert.equal(await page.$eval("main h1", (heading) => heading.textContent.trim()), "Will this rollback work?");
    await Promise.all([page.waitForNavigation(), page.$eval("main a[href='../index.html']", (link) => link.click())]);
    await page.waitForSelector("footer a");
    assert.equal(new URL(page.url()).pathname, "/index.html");
    await whole.stop();
  });

  test("the page for what is not there asks for no other file, below any path", async () => {
    const page = await browser.newPage();
    const below = await site({ pages: { "/docs/deep/gone.html": readFileSync(join(SITE, "404.html"), "utf8") } });
    await page.goto(`${below.url}/docs/deep/gone.html`);
    assert.equal(await page.$eval("h1", (heading) => heading.textContent), "No such page");
    assert.equal(await page.$eval("a", (link) => link.pathname), "/docs/deep/index.html");
    assert.deepEqual(below.asked.filter((path) => path !== "/favicon.ico"), ["/docs/deep/gone.html"]);
    await below.stop();
  });

  test("links can be read in the dark theme, and a phone shows the table of rules without scrolling", async () => {
    const page = await browser.newPage();
    await page.setViewport({ width: 380, height: 800 });
    await page.goto(`${served.url}/rules.html`);
    const shown = await page.evaluate(() => {
      const light = (colour) => {
        const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const contrast = (theme) => {
        document.documentElement.className = document.documentElement.className.replace(/\b(light|navy|coal|ayu|rust)\b/, theme);
        const [one, other] = [getComputedStyle(document.querySelector("main p a, main td a")).color, getComputedStyle(document.documentElement).backgroundColor].map(light);
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      };
      const [table] = document.querySelectorAll(".rule-list table");
      return {
        pale: ["navy", "coal", "ayu"].filter((theme) => contrast(theme) < 4.5),
        wide: table.scrollWidth > document.querySelector("main").clientWidth,
        low: Math.min(...[...document.querySelectorAll(".rule-list td a")].map((link) => link.getBoundingClientRect().height)),
      };
    });
    assert.deepEqual([shown.pale, shown.wide], [[], false]);
    assert.ok(shown.low >= 24, `a link is ${shown.low} px high`);
  });
});
