// A server of files for ./serve and the tests: node tools/static.mjs FOLDER PORT
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** Serves the files of a folder below a path of the address, `/` or `/some/where/`. */
export function serve(folder, port, below = "/") {
  const server = createServer((request, response) => {
    try {
      const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
      let file = path.startsWith(below) && join(folder, normalize(`/${path.slice(below.length)}`));
      if (file && statSync(file).isDirectory()) file = join(file, "index.html");
      const { size } = statSync(file);
      const headers = { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Length": size, "Cache-Control": "no-cache" };
      response.writeHead(200, headers);
      createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(argv[3] ?? 8080);
  try {
    await serve(argv[2] ?? "dist", port);
    console.log(`   http://127.0.0.1:${port}/`);
  } catch (error) {
    console.error(error.code === "EADDRINUSE" ? `port ${port} is taken; choose another: ./serve ${port + 1}` : error.message);
    process.exit(2);
  }
}
