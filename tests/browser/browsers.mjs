// The release build in real browsers: what all tests of the app need.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import puppeteer from "puppeteer-core";
import { serve } from "../../tools/static.mjs";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
/** A folder below the host's root: the app must run from any. */
export const BELOW = "/some/where/";

const first = (paths) => paths.find((path) => path && existsSync(path));
const CHROMIUM = first([process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]);
const FIREFOX = first([process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"]);

/** Generous, for machines that do much else. */
export const PATIENCE = 60_000;

export async function host() {
  if (!existsSync(`${DIST}/index.html`)) throw new Error("there is no dist/index.html: run tools/build-app");
  const server = await serve(DIST, 0, BELOW);
  return { address: `http://127.0.0.1:${server.address().port}${BELOW}`, stop: () => server.close() };
}

export async function launch(name) {
  const executablePath = name === "firefox" ? FIREFOX : CHROMIUM;
  if (!executablePath) throw new Error(`there is no ${name}: run ./test, which installs it`);
  const args = name === "firefox" ? [] : ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  return puppeteer.launch({ browser: name === "firefox" ? "firefox" : "chrome", executablePath, args, headless: true, protocolTimeout: 120_000 });
}

/** The fragment of a share link, as the app makes it. */
export function link(state) {
  const { forward: f, rollback: r, baseline: b } = state;
  return `#1.${deflateSync(JSON.stringify({ f, r, b })).toString("base64url")}`;
}

/** Makes tests on a page of their own, which must stay without errors; `open` opens it. */
export const tester = (open) => (title, body, { fragment = "", ...options } = {}) =>
  test(title, async () => {
    const app = await open(fragment, options);
    try {
      await app.page.evaluate(() => localStorage.clear());
      await body(app);
      assert.deepEqual(app.problems, [], "the console has errors");
    } finally {
      await app.page.evaluate(() => localStorage.clear());
      await app.close();
    }
  });

/** A page of the app with what one does on it. */
export class App {
  constructor(page, address) {
    this.page = page;
    this.address = address;
    this.problems = [];
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()));
  }

  static async open(browser, address, fragment = "", { width = 1360, height = 900, dark = false } = {}) {
    const page = await browser.newPage();
    await page.setViewport({ width, height });
    const app = new App(page, address);
    if (dark) await page.evaluateOnNewDocument(() => localStorage.setItem("backout.theme", '"dark"'));
    await page.goto(address + fragment);
    await app.until(() => document.querySelectorAll(".code[data-ready]").length === 3);
    await app.ready();
    return app;
  }

  until(test, ...args) {
    return this.page.waitForFunction(test, { timeout: PATIENCE, polling: 50 }, ...args);
  }

  ready() {
    return this.until(() => document.documentElement.dataset.state === "ready");
  }

  /** Waits for a verdict that belongs to the texts. */
  verdict(wanted) {
    const test = (wanted) =>
      document.documentElement.dataset.state === "ready" && document.querySelector("[data-verdict]")?.dataset.verdict === wanted;
    return this.until(test, wanted).catch(async (error) => {
      const found = await this.page.evaluate(() => `${document.documentElement.dataset.state}: ${document.querySelector("#verdict")?.innerText}`);
      throw new Error(`no verdict "${wanted}", but ${found}`, { cause: error });
    });
  }

  editor(label) {
    return `.cm-content[aria-label="${label}"]`;
  }

  /** Types over what is in an editor. */
  async type(label, text) {
    await this.page.click(this.editor(label));
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("KeyA");
    await this.page.keyboard.up("Control");
    await this.page.keyboard.press("Delete");
    // As a keyboard or an input method would: CodeMirror sees an input event.
    await this.page.evaluate((text) => document.execCommand("insertText", false, text), text);
  }

  /** One more line at the end of an editor: one change, one request. */
  async append(label, text) {
    await this.page.click(this.editor(label));
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("End");
    await this.page.keyboard.up("Control");
    await this.page.evaluate((text) => document.execCommand("insertText", false, text), text);
  }

  /** Pastes into an editor; without a press on it, over what is selected there. */
  async paste(label, text, { click = true } = {}) {
    if (click) await this.page.click(this.editor(label));
    await this.page.evaluate(
      (selector, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        // Not all browsers let a script fill a ClipboardEvent.
        const event = new Event("paste", { bubbles: true, cancelable: true });
        Object.defineProperty(event, "clipboardData", { value: clipboardData });
        document.querySelector(selector).dispatchEvent(event);
      },
      this.editor(label),
      text,
    );
  }

  text(label) {
    return this.page.$eval(this.editor(label), (content) => [...content.querySelectorAll(".cm-line")].map((line) => (line.querySelector(".cm-placeholder") ? "" : line.textContent)).join("\n"));
  }

  answers() {
    return this.page.$$eval("[data-question]", (all) => Object.fromEntries(all.map(({ dataset }) => [dataset.question, dataset.answer])));
  }

  findings() {
    return this.page.$$eval(".finding[data-rule]", (all) => all.map(({ dataset }) => `${dataset.rule}:${dataset.line}`));
  }

  go(fragment) {
    return this.page.evaluate((fragment) => void (location.hash = fragment), fragment);
  }

  close() {
    return this.page.close();
  }
}

/** A pair of so many statements each, good. */
export function pair(statements) {
  const forward = [];
  const rollback = [];
  for (let at = 0; at < statements; at += 1) {
    forward.push(at % 2 ? `CREATE INDEX t${at - 1}_b_idx ON t${at - 1} (b);` : `CREATE TABLE t${at} (a int PRIMARY KEY, b text NOT NULL, c timestamptz DEFAULT now());`);
    rollback.unshift(at % 2 ? `DROP INDEX IF EXISTS t${at - 1}_b_idx;` : `DROP TABLE IF EXISTS t${at};`);
  }
  return { forward: `${forward.join("\n")}\n`, rollback: `${rollback.join("\n")}\n` };
}
