// The element in real pages, in Chromium and in Firefox: its views, and pages and SQL that wish it ill.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BROWSERS, launch, PACKAGE, settled, site } from "./browsers.mjs";

const DIST = join(PACKAGE, "dist");
const LOADER = `<script type="module" src="/backout/backout-check.js"></script>`;
const document = (body, head = LOADER) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>test</title>${head}<body>${body}`;
const GOOD = `<pre slot="forward">CREATE TABLE teams (id int);</pre><pre slot="rollback">DROP TABLE teams;</pre>`;
const BAD = `<pre slot="baseline">CREATE TABLE users (id int PRIMARY KEY);</pre><pre slot="forward">CREATE VIEW names AS SELECT id FROM users;
ALTER TABLE users ADD COLUMN email text;</pre><pre slot="rollback">ALTER TABLE users DROP COLUMN email;
DROP TABLE users;</pre>`;

for (const browser of BROWSERS) {
  describe(`the element in ${browser}`, () => {
    let started;
    before(async () => {
      started = await launch(browser);
    });
    after(() => started.close());

    /** Opens a page; what it says in the console is kept. */
    async function open(pages, headers = {}, prepare = async () => {}) {
      const served = await site({ folders: { "/backout/": DIST }, pages: typeof pages === "string" ? { "/": pages } : pages, headers });
      const page = await started.newPage();
      page.errors = [];
      page.on("pageerror", (error) => page.errors.push(String(error)));
      await prepare(page);
      await page.goto(served.url);
      return { page, served, close: async () => { await page.close(); await served.stop(); } };
    }

    test("one element: verdict, nine answers, findings, event, attribute", async () => {
      const listen = `<script>addEventListener("backout-report", (event) => { window.seen = [event.target.tagName, event.detail.migrations[0].verdict]; });</script>`;
      const { page, close } = await open(document(`<backout-check>${BAD}</backout-check>`, listen + LOADER));
      const shown = await settled(page);
      assert.deepEqual([shown.state, shown.verdict, shown.badge], ["ready", "unsafe", "✕unsafe"]);
      assert.match(shown.sentence, /^The rollback fails at statement 2 with 2BP01\.$/);
      assert.equal(Object.keys(shown.answers).length, 9);
      assert.equal(shown.answers.rollback_runs, "no");
      assert.ok(shown.rules.includes("drop-before-dependent"), String(shown.rules));
      assert.deepEqual(await page.evaluate(() => window.seen), ["BACKOUT-CHECK", "unsafe"]);
      assert.equal(await page.$eval("backout-check", (host) => host.report.migrations[0].verdict + host.verdict), "unsafeunsafe");
      // The finding leads to its line, and the line is underlined with the message.
      const line = await page.$eval("backout-check", (host) => {
        host.shadowRoot.querySelector("[data-rule=drop-before-dependent]").click();
        const row = host.shadowRoot.querySelector(".aimed");
        return [row.dataset.line, row.querySelector(".mark").textContent.slice(0, 4), row.querySelector(".mark").title.slice(0, 11)];
      });
      assert.deepEqual(line, ["2", "DROP", "cannot drop"]);
      assert.deepEqual(page.errors, []);
      await close();
    });

    test("backticks are code, proofs are whole, the worst findings come first, and lost rows are said", async () => {
      const lossy = `<pre slot="baseline">CREATE TABLE users (id int PRIMARY KEY, notes text);</pre><pre slot="forward">ALTER TABLE users DROP COLUMN notes;</pre><pre slot="rollback">ALTER TABLE users ADD COLUMN IF NOT EXISTS notes text;</pre>`;
      const { page, close } = await open(document(`<backout-check id="bad">${BAD}</backout-check><backout-check id="lossy" loading="eager">${lossy}</backout-check>`));
      const { sentence, verdict } = await settled(page, "#lossy");
      assert.deepEqual([verdict, sentence], ["safe", "The rollback works; 1 warning. But rows older than the forward are lost: public.users.notes."]);
      await settled(page, "#bad");
      const shown = await page.$eval("#bad", (host) => {
        const all = (selector) => [...host.shadowRoot.querySelectorAll(selector)];
        const tops = new Set(all(".answers li").map((row) => Math.round(row.getBoundingClientRect().left)));
        return {
          ticks: host.shadowRoot.querySelector(".root").textContent.includes("`"),
          code: all(".message code").length > 0,
          cut: all(".answers .why").filter((why) => why.scrollWidth > why.clientWidth).length,
          severities: all(".finding").map((row) => row.dataset.severity),
          columns: tops.size,
        };
      });
      const rank = ["error", "warning", "note"];
      assert.deepEqual([shown.ticks, shown.code, shown.cut, shown.columns], [false, true, 0, 3]);
      assert.deepEqual(shown.severities, [...shown.severities].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)));
      await close();
    });

    test("nothing but the loader before an element comes into view", async () => {
      const { page, served, close } = await open(document(`<div style="height: 5000px"></div><backout-check>${GOOD}</backout-check>`));
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.deepEqual(served.asked.filter((path) => path.startsWith("/backout/")), ["/backout/backout-check.js"]);
      await page.evaluate(() => scrollTo(0, 5000));
      assert.equal((await settled(page)).verdict, "safe");
      await close();
    });

    test("twenty elements share one analyser", async () => {
      const count = `<script>window.workers = 0; window.Worker = class extends Worker { constructor(...all) { super(...all); window.workers++; } };</script>`;
      const { page, served, close } = await open(document(Array.from({ length: 20 }, (_, at) => `<backout-check id="c${at}" loading="eager">${at % 2 ? GOOD : BAD}</backout-check>`).join(""), count + LOADER));
      await page.waitForFunction(() => window.document.querySelectorAll("backout-check[state=ready]").length === 20, { timeout: 60_000 });
      const verdicts = await page.$$eval("backout-check", (all) => all.map((host) => host.getAttribute("verdict")));
      assert.deepEqual(verdicts, Array.from({ length: 20 }, (_, at) => (at % 2 ? "safe" : "unsafe")));
      assert.equal(await page.evaluate(() => window.workers), 1);
      assert.equal(served.asked.filter((path) => path.endsWith(".wasm")).length, 1);
      await close();
    });

    test("attributes, files of the site, and the two blocks before are sources; a change is judged again", async () => {
      const pages = {
        "/": document(`<pre>CREATE TABLE a (id int);</pre><pre>DROP TABLE a;</pre><backout-check id="before" loading="eager"></backout-check>
<backout-check id="files" loading="eager" forward-src="/up.sql" rollback-src="down.sql"></backout-check>
<backout-check id="written" loading="eager" forward="CREATE TABLE a (id int);" rollback=""></backout-check>
<backout-check id="blocks" loading="eager"><pre><code>CREATE TABLE b (id int);<br>CREATE TABLE c (id int);</code></pre><pre><code>DROP TABLE b;<br>DROP TABLE c;</code></pre></backout-check>`),
        "/up.sql": "CREATE TABLE a (id int);",
        "/down.sql": "DROP TABLE a;",
      };
      const { page, close } = await open(pages);
      assert.equal((await settled(page, "#before")).verdict, "safe");
      assert.equal((await settled(page, "#files")).verdict, "safe");
      assert.equal((await settled(page, "#written")).verdict, "missing");
      assert.equal((await settled(page, "#blocks")).verdict, "safe");
      assert.equal(await page.$eval("#blocks", (host) => host.report.migrations[0].forward.statements), 2);
      await page.$eval("#written", (host) => host.setAttribute("rollback", "SELECT 1;"));
      await page.waitForSelector("#written[verdict=unsafe]");
      await page.$eval("#blocks", (host) => host.querySelectorAll("code")[1].replaceChildren("DROP TABLE b;"));
      await page.waitForSelector("#blocks[verdict=unsafe]");
      await close();
    });

    test("fenced blocks are upgraded in place", async () => {
      const { page, close } = await open(document(`<h2>A</h2><pre><code class="language-sql forward">CREATE TABLE a (id int);</code></pre>
<div class="highlight"><pre><code class="language-sql,rollback">DROP TABLE a;</code></pre></div><p>between</p>
<pre><code class="language-sql forward compact">CREATE TABLE b (id int);</code></pre>
<pre><code class="language-sql rollback">SELECT 1;</code></pre><pre><code class="language-sql">SELECT 'left alone';</code></pre>`));
      await page.waitForFunction(() => window.document.querySelectorAll("backout-check[state=ready]").length === 2, { timeout: 60_000 });
      const shown = await page.$$eval("backout-check", (all) => all.map((host) => [host.previousElementSibling.tagName, host.getAttribute("verdict"), host.getAttribute("view")]));
      assert.deepEqual(shown, [["H2", "safe", null], ["P", "unsafe", "compact"]]);
      assert.equal(await page.$$eval("body > pre", (all) => all.length), 1);
      await close();
    });

    test("compact: a badge below the SQL of the page, which opens", async () => {
      const { page, close } = await open(document(`<backout-check view="compact">${BAD}</backout-check>`));
      assert.equal((await settled(page)).verdict, "unsafe");
      const visible = () => page.$eval("backout-check", (host) => [host.querySelector("pre[slot=rollback]").checkVisibility(), host.shadowRoot.querySelector(".answers").checkVisibility()]);
      assert.deepEqual(await visible(), [true, false]);
      await page.$eval("backout-check", (host) => host.shadowRoot.querySelector("summary").click());
      assert.deepEqual(await visible(), [true, true]);
      await close();
    });

    test("editable: typing is judged, offline too, and the text is the reader's", async () => {
      const { page, served, close } = await open(document(`<backout-check editable>${GOOD}</backout-check>`));
      assert.equal((await settled(page)).verdict, "safe");
      // The site is gone: what was loaded is enough.
      await served.stop();
      const area = await page.evaluateHandle(() => window.document.querySelector("backout-check").shadowRoot.querySelector("textarea[aria-label=Rollback]"));
      await area.focus();
      await page.keyboard.down("Control");
      await page.keyboard.press("a");
      await page.keyboard.up("Control");
      await page.keyboard.type("DROP TABLE users;");
      await page.waitForSelector("backout-check[verdict=unsafe]", { timeout: 60_000 });
      assert.equal(await area.evaluate((area) => area.value), "DROP TABLE users;");
      await close();
    });

    test("markup in SQL is text", async () => {
      const hostile = `-- <img src=x onerror="window.hurt=1"> </pre><script>window.hurt=2</script>\nCREATE TABLE "<b onclick=alert(1)>" (id int);`;
      const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
      const { page, close } = await open(document(`<backout-check editable forward="${escaped(hostile)}" rollback="${escaped('DROP TABLE "<img src=x onerror=window.hurt=3>";')}"></backout-check>`));
      const shown = await settled(page);
      assert.notEqual(shown.verdict, "safe");
      assert.equal(await page.evaluate(() => window.hurt), undefined);
      const inside = await page.$eval("backout-check", (host) => [host.shadowRoot.querySelectorAll("img, script, b[onclick]").length, host.shadowRoot.textContent.includes("<b onclick=alert(1)>")]);
      assert.deepEqual(inside, [0, true]);
      await close();
    });

    test("a hostile page: resets, everything hidden, frozen prototypes", async () => {
      const head = `<style>* { all: unset !important; display: none !important; color: red !important; font-size: 40px !important } html, body, head ~ body, backout-check { display: block !important } pre { visibility: hidden }</style>
<script>for (const it of [Object, Function, Array, String, Number, Error, TypeError, Promise, Map, Set, Event, Node, Element, HTMLElement, EventTarget]) Object.freeze(it.prototype);</script>${LOADER}`;
      const { page, close } = await open(document(`<backout-check>${BAD}</backout-check>`, head));
      assert.equal((await settled(page)).verdict, "unsafe");
      const look = await page.$eval("backout-check", (host) => {
        const badge = host.shadowRoot.querySelector(".badge");
        return [badge.checkVisibility(), getComputedStyle(badge).color !== "rgb(255, 0, 0)", Number.parseFloat(getComputedStyle(badge).fontSize) < 20, host.getBoundingClientRect().height > 150];
      });
      assert.deepEqual(look, [true, true, true, true]);
      assert.deepEqual(page.errors, []);
      await close();
    });

    test("a policy that forbids wasm: the SQL stays, and a sentence says why there is no verdict", async () => {
      const { page, close } = await open(document(`<backout-check>${BAD}</backout-check>`), { "Content-Security-Policy": "default-src 'self'" });
      const shown = await settled(page);
      assert.deepEqual([shown.state, shown.verdict, shown.badge], ["failed", null, "no verdict"]);
      assert.equal(shown.sentence, "This page's Content-Security-Policy does not allow WebAssembly, so there is no verdict here.");
      assert.ok(await page.$eval("backout-check", (host) => host.shadowRoot.textContent.includes("CREATE VIEW names")));
      await close();
    });

    test("a strict policy that allows wasm: everything works, styles included", async () => {
      const { page, close } = await open(document(`<backout-check>${BAD}</backout-check>`), { "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'" });
      assert.equal((await settled(page)).verdict, "unsafe");
      assert.equal(await page.$eval("backout-check", (host) => getComputedStyle(host.shadowRoot.querySelector(".badge")).whiteSpace), "nowrap");
      await close();
    });

    test("no script: the reader sees the SQL", async () => {
      const { page, served, close } = await open(document(`<backout-check>${BAD}</backout-check>`), { "Content-Security-Policy": "script-src 'none'" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const visible = await page.$$eval("pre", (all) => all.map((block) => block.getBoundingClientRect().height > 10 && block.textContent.length > 20));
      assert.deepEqual(visible, [true, true, true]);
      assert.ok(!served.asked.some((path) => path.endsWith(".wasm")));
      await close();
    });

    test("a wrong src says which file and why, and another site's is not asked for", async () => {
      const { page, close } = await open({
        "/": document(`<backout-check id="gone" loading="eager" forward="SELECT 1" rollback-src="gone.sql"></backout-check><backout-check id="far" loading="eager" forward-src="https://example.org/up.sql"></backout-check>
<backout-check id="page" loading="eager" forward-src="/"></backout-check><backout-check id="none" loading="eager"></backout-check><backout-check id="odd" loading="eager" forward="SELECT 1" runner="make"></backout-check>`),
      });
      assert.equal((await settled(page, "#gone")).sentence, "“gone.sql” could not be read: the server says 404.");
      assert.equal((await settled(page, "#far")).sentence, "“https://example.org/up.sql” is not a file of this site, so it was not read.");
      assert.equal((await settled(page, "#page")).sentence, "“/” is a page and not SQL.");
      assert.match((await settled(page, "#none")).sentence, /^There is no SQL to check/);
      assert.match((await settled(page, "#odd")).sentence, /^The SQL could not be checked: runner: there is no runner make: choose one of /);
      await page.$eval("#gone", (host) => (host.removeAttribute("rollback-src"), host.setAttribute("rollback", "SELECT 2")));
      await page.waitForSelector("#gone[state=ready]");
      await close();
    });

    test("a worker that dies takes one verdict with it, and the next one comes from a new worker", async () => {
      const real = readFileSync(join(DIST, "worker.js"), "utf8");
      let starts = 0;
      const worker = (_, response) => {
        starts += 1;
        const dies = `postMessage({ ready: true }); onmessage = () => { throw new Error("provoked"); };`;
        response.writeHead(200, { "Content-Type": "text/javascript" }).end(starts === 1 ? dies : real);
      };
      const { page, close } = await open({ "/": document(`<backout-check id="first" loading="eager">${GOOD}</backout-check><backout-check id="second" loading="eager">${GOOD}</backout-check>`), "/backout/worker.js": worker });
      // Either may be the first to ask.
      const shown = [await settled(page, "#first"), await settled(page, "#second")].map(({ verdict, sentence }) => verdict ?? sentence);
      assert.deepEqual(shown.sort(), ["The check failed, which is a defect of backout: please report it.", "safe"]);
      assert.equal(starts, 2);
      await close();
    });

    test("light and dark follow the page, and so do colours that it sets", async () => {
      const { page, close } = await open(document(`<style>html.night body { background: #101010 }</style><backout-check style="--backout-safe: rgb(1, 2, 3)">${GOOD}</backout-check>`));
      await settled(page);
      const dark = () => page.$eval("backout-check", (host) => host.shadowRoot.querySelector(".root").hasAttribute("data-dark"));
      assert.equal(await dark(), false);
      assert.equal(await page.$eval("backout-check", (host) => getComputedStyle(host.shadowRoot.querySelector(".badge")).color), "rgb(1, 2, 3)");
      await page.evaluate(() => window.document.documentElement.classList.add("night"));
      await page.waitForFunction(() => window.document.querySelector("backout-check").shadowRoot.querySelector(".root").hasAttribute("data-dark"));
      await page.$eval("backout-check", (host) => host.setAttribute("theme", "light"));
      await page.waitForFunction(() => !window.document.querySelector("backout-check").shadowRoot.querySelector(".root").hasAttribute("data-dark"));
      await close();
    });
  });
}
