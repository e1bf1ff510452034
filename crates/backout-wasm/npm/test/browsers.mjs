// Browsers and a server for the tests.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

export const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
export const ROOT = join(PACKAGE, "../../..");

const PLACES = {
  chrome: [process.env.BACKOUT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  firefox: [process.env.BACKOUT_FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"],
};

/** The browsers that every page is tried in. */
export const BROWSERS = ["chrome", "firefox"];

/** Starts a browser; no sandbox, since tests in containers run as root. */
export function launch(browser) {
  const executablePath = PLACES[browser].find((place) => place && existsSync(place));
  if (!executablePath) throw new Error(`there is no ${browser}; install it (./test does), or name it in BACKOUT_${browser === "chrome" ? "CHROMIUM" : "FIREFOX"}`);
  return puppeteer.launch({ browser, executablePath, headless: true, args: browser === "chrome" ? ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] : [] });
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml", ".sql": "application/sql", ".woff2": "font/woff2" };

/**
 * Serves folders and pages: `folders` maps a path of the address to a folder, `pages` a path to a text or to a function that answers.
 * `headers` go with every answer; `asked` lists what was asked for.
 */
export async function site({ folders = {}, pages = {}, headers = {} }) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    asked.push(path);
    const page = pages[path];
    if (typeof page === "function") return page(request, response, headers);
    if (page !== undefined) return void response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? TYPES[".html"], ...headers }).end(page);
    const below = Object.keys(folders)
      .sort((a, b) => b.length - a.length)
      .find((below) => path.startsWith(below));
    if (below !== undefined) {
      let file = join(folders[below], normalize(`/${path.slice(below.length)}`));
      if (path.endsWith("/")) file = join(file, "index.html");
      if (!extname(file) && existsSync(`${file}/index.html`)) file = `${file}/index.html`;
      try {
        const bytes = readFileSync(file);
        return void response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers }).end(bytes);
      } catch {
        // Not there: said below.
      }
    }
    response.writeHead(404, { "Content-Type": "text/plain", ...headers }).end("not found");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { url: `http://127.0.0.1:${server.address().port}`, asked, stop };
}

/** Waits until an element of the page has settled, and says how: in one look, since a page may make its elements again. */
export async function settled(page, selector = "backout-check", patience = 60_000) {
  const look = (selector) => {
    const host = document.querySelector(selector);
    if (!/^(ready|failed)$/.test(host?.getAttribute("state") ?? "")) return null;
    const inside = host.shadowRoot;
    const text = (selector) => inside.querySelector(selector)?.textContent ?? "";
    return {
      state: host.getAttribute("state"),
      verdict: host.getAttribute("verdict"),
      badge: text(".badge"),
      sentence: text(".sentence") || text("p"),
      answers: Object.fromEntries([...inside.querySelectorAll("[data-question]")].map((row) => [row.dataset.question, row.dataset.answer])),
      rules: [...inside.querySelectorAll("[data-rule]")].map((row) => row.dataset.rule),
    };
  };
  return (await page.waitForFunction(look, { timeout: patience }, selector)).jsonValue();
}
