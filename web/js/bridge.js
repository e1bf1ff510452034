// What the page's module calls of JavaScript. The editor and the analyser's client are loaded when the page stands already;
// their names carry a hash, so the page is told them by `meta` elements.
const asset = (name) => new URL(document.querySelector(`meta[name="asset-${name}"]`).content, document.baseURI).href;

let client;
const analyser = async () => {
  client ??= import(asset("client")).then(
    ({ AnalyserClient }) => new AnalyserClient({ worker: asset("worker"), module: asset("module") }),
  );
  return client;
};

export function warm() {
  analyser().then((client) => client.warm());
  import(asset("editor"));
}

export async function ask(call, args, limit, replaces) {
  const client = await analyser();
  // Tests of the page ask for a failure here; a link or a script of somebody's SQL cannot.
  const how = globalThis.backoutProvoke;
  if (how && call === "check") {
    delete globalThis.backoutProvoke;
    return client.call("provoke", [how], { limit: 2000 });
  }
  // Who opens a row of a history waits for no judgement of the whole.
  const ends = call === "open" ? "check" : undefined;
  return client.call(call, args, { limit, replaces, ends, heard: limit && far }).finally(() => limit && far(0));
}

/** How far the judgement of a history is, for those who wait. */
function far(at, of) {
  for (const place of document.querySelectorAll("[data-far]")) place.textContent = at ? `Migration ${at} of ${of}.` : "";
}

export async function editor(parent, options) {
  const { create } = await import(asset("editor"));
  return create(parent, options);
}

export async function markdown(text) {
  const { markdown } = await import(asset("editor"));
  return markdown(text);
}

/** The files of a drop or of a chooser, with their paths below the folder that was given: `[{ path, file }]`. */
export async function dropped(transfer) {
  const found = [];
  const walk = async (entry, above) => {
    if (found.length > 20_000) return;
    const path = above ? `${above}/${entry.name}` : entry.name;
    if (entry.isFile) found.push({ path, file: await new Promise((yes, no) => entry.file(yes, no)) });
    else {
      const reader = entry.createReader();
      for (;;) {
        // A reader gives a hundred at a time.
        const some = await new Promise((yes, no) => reader.readEntries(yes, no));
        if (some.length === 0) break;
        for (const inner of some) await walk(inner, path);
      }
    }
  };
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  for (const entry of entries) await walk(entry, "");
  if (entries.length === 0) for (const file of transfer.files) found.push({ path: file.name, file });
  return read(found);
}

export async function chosen(files) {
  return read([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

const LARGEST = 20 << 20;

async function read(found) {
  const wanted = found.filter(({ path }) => !/(^|\/)(\.git|node_modules|target)\//.test(path));
  const files = [];
  let total = 0;
  for (const { path, file } of wanted.slice(0, 20_000)) {
    // Names count too: a layout may tell that a program stands where a script was expected.
    const read = /\.(sql|md|markdown|sh|bash|plan|conf|toml|ya?ml|txt|psql|pgsql|ddl)$/i.test(path) || !/\.[a-z0-9]+$/i.test(path);
    total += read ? file.size : 0;
    if (total > LARGEST) throw new Error("this is more than 20 MB of text; give the folder of the migrations only");
    files.push({ path, text: read ? (await file.text()).replace(/^\uFEFF/, "") : "" });
  }
  const folder = files[0]?.path.split("/")[0];
  if (files.length === 0 || !files.every(({ path }) => path.startsWith(`${folder}/`))) {
    return JSON.stringify({ name: files.length === 1 ? folder : `${files.length} files`, files });
  }
  for (const file of files) file.path = file.path.slice(folder.length + 1);
  return JSON.stringify({ name: folder, files });
}
