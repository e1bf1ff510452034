// After trunk: bundles the page's JavaScript, gives every asset a name with its hash, writes the Content-Security-Policy, and
// measures what is transferred. Release builds fail above the budget.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { transform } from "esbuild";
import { rolldown } from "rolldown";

/** Bytes after brotli: until the page shows itself, and everything. */
const VISIBLE = 200_000;
const ALL = 650_000;
/** What we are too large by, today: it is to become smaller, and may not grow. All of it is the engine. */
const OWED = { visible: 0, all: 338_000 };

const stage = process.env.TRUNK_STAGING_DIR;
const release = process.env.TRUNK_PROFILE === "release";
const analyser = join(process.env.CARGO_TARGET_DIR ?? "target", "analyser");

// It finds more that nobody calls than esbuild does: the SQL of other servers, for one.
const bundle = async (input) => {
  // No module of ours or of the editor does anything by being loaded or by being read from.
  const treeshake = { moduleSideEffects: false, propertyReadSideEffects: false };
  const bundler = await rolldown({ input, transform: { target: "es2022" }, treeshake });
  const { output } = await bundler.generate({ format: "esm", minify: true, comments: false });
  return output[0].code;
};
const assets = {
  client: ["js", await bundle("crates/backout-wasm/js/client.js")],
  editor: ["js", await bundle("web/js/editor.js")],
  worker: ["js", readFileSync(join(analyser, "worker.js"))],
  module: ["wasm", readFileSync(join(analyser, "backout.wasm"))],
};

const page = join(stage, "index.html");
let html = readFileSync(page, "utf8");
let metas = "";
for (const [name, [ending, contents]] of Object.entries(assets)) {
  const file = `${name}-${createHash("sha256").update(contents).digest("hex").slice(0, 16)}.${ending}`;
  writeFileSync(join(stage, file), contents);
  metas += `<meta name="asset-${name}" content="./${file}">`;
}

// Every script that stands in the page itself: trunk's start, which loads the module.
const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
const hashes = inline.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
const policy = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${hashes}`,
  // The editor makes its styles as it runs, and its lines carry some.
  "style-src 'self' 'unsafe-inline'",
  // The analyser's worker is started from its text, so that a second one requests nothing.
  "worker-src 'self' blob:",
  // trunk's own server talks to the page while somebody works on it.
  release ? "connect-src 'self'" : "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
html = html.replace(/<meta charset="utf-8"\s*\/?>/i, (first) => `${first}<meta http-equiv="Content-Security-Policy" content="${policy}">${metas}`);
writeFileSync(page, html);

if (release) {
  // Functions that are alike stand together, as in the engine's module (tools/analyser).
  const module = join(stage, readdirSync(stage).find((file) => file.endsWith("_bg.wasm")));
  execFileSync("node", ["tools/order.mjs", module, module]);
  const features = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
  execFileSync("wasm-opt", [...features.map((feature) => `--enable-${feature}`), "--reorder-functions-by-name", "--strip-debug", module, "-o", module]);

  // What wasm-bindgen wrote for the page, whose names are in the page already.
  const written = readdirSync(stage, { recursive: true }).filter((file) => /^(backout-web-|snippets).*\.js$/.test(file));
  for (const file of written.map((file) => join(stage, file))) {
    const { code } = await transform(readFileSync(file, "utf8"), { minify: true, format: "esm", target: "es2022" });
    writeFileSync(file, code);
  }

  const packed = (file) => brotliCompressSync(readFileSync(join(stage, file)), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  const files = readdirSync(stage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(stage.length + 1)).map((file) => [file, packed(file)]);
  // What the page needs to show itself: all but what it loads when it stands.
  const later = (file) => Object.keys(assets).some((name) => file.startsWith(`${name}-`));
  const sum = (list) => list.reduce((total, [, size]) => total + size, 0);
  const visible = sum(sizes.filter(([file]) => !later(file)));
  const all = sum(sizes);
  for (const [file, size] of sizes.sort((a, b) => b[1] - a[1])) console.log(`${String(size).padStart(9)}  ${file}`);
  const line = (what, size, most) => console.log(`${String(size).padStart(9)}  ${what} (brotli, bytes), of at most ${most}`);
  line("until the page shows itself", visible, VISIBLE);
  line("everything", all, ALL);
  if (visible > VISIBLE || all > ALL) console.log(`   above the aim by ${visible - VISIBLE} and ${all - ALL}; owed are ${OWED.visible} and ${OWED.all}`);
  writeFileSync(join(stage, "sizes.json"), JSON.stringify({ visible, all, most: { visible: VISIBLE, all: ALL }, owed: OWED }));
  if (visible > VISIBLE + OWED.visible || all > ALL + OWED.all) {
    console.error("the app is larger than its budget");
    process.exit(1);
  }
}
