// The guides can be followed to the letter, and what comes of it works in real browsers.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { BROWSERS, launch, PACKAGE, ROOT, settled, site } from "../../../crates/backout-wasm/npm/test/browsers.mjs";

const PAGES = join(ROOT, "docs/site/src");

describe("the guides, followed from an empty folder", () => {
  for (const name of readdirSync(PAGES).filter((name) => name.startsWith("embed-"))) {
    test(name, { timeout: 900_000 }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "backout-guide-"));
      try {
        follow(readFileSync(join(PAGES, name), "utf8"), folder);
        const served = await site({ folders: { "/": join(folder, "site") } });
        for (const which of BROWSERS) {
          const browser = await launch(which);
          const page = await browser.newPage();
          await page.goto(served.url);
          const frame = await page.$("iframe");
          if (frame) await framed(frame);
          else {
            const shown = await settled(page);
            assert.deepEqual([which, shown.state, shown.verdict], [which, "ready", "safe"]);
          }
          await browser.close();
        }
        await served.stop();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** Waits until the app in a frame has judged what its address holds, and says that it is safe. */
async function framed(frame) {
  const app = await frame.contentFrame();
  await app.waitForSelector('[data-state="ready"] [data-verdict]', { timeout: 60_000 });
  await app.waitForSelector('[data-state="ready"] [data-verdict="safe"]', { timeout: 60_000 });
  assert.match(await app.$eval(".cm-content[aria-label=Rollback]", (editor) => editor.textContent), /DROP TABLE teams/);
}

/** Writes the files that a page names and runs its commands, in their order. */
function follow(page, folder) {
  for (const [, fence, info, text] of page.matchAll(/^(`{3,4})(\S+(?: \S+)?)\n([\s\S]*?)^\1$/gm)) {
    assert.ok(fence);
    const [kind, file] = info.split(" ");
    if (file) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    } else if (kind === "sh") {
      execFileSync("sh", ["-eu", "-c", text], { cwd: folder, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, BACKOUT: join(PACKAGE, "../../.."), CI: "1" } });
    }
  }
}
