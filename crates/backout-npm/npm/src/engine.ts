// The three functions over the compiled engine, whichever way it was loaded.

import * as wasm from "../build/wasm/backout_npm.js";
import type { Report } from "./report.js";
import type { Choices, Format, Input, Rule } from "./types.js";

/** Runs a function of the engine; a trap ends the instance, so a fresh one takes its place. */
function call<T>(what: () => T): T {
  if (!loaded) throw new Error("the engine is not loaded yet: `await ready()` first");
  try {
    return what();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      wasm.__wbg_reset_state();
      throw new Error("backout failed on this input, which is a defect of backout: please report it", { cause: error });
    }
    throw error;
  }
}

let loaded = false;

/** Starts the engine from its bytes or from its compiled module, at once. */
export function start(module: WebAssembly.Module | Uint8Array): void {
  wasm.initSync({ module });
  loaded = true;
}

/** Starts the engine from what `fetch` returns. */
export async function startFrom(source: Promise<Response>): Promise<void> {
  const response = await source;
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`.trim());
  // Some hosts serve .wasm without its type, and the streaming compiler refuses that.
  const typed = (response.headers.get("content-type") ?? "").startsWith("application/wasm");
  const module = typed ? await WebAssembly.compileStreaming(response) : await WebAssembly.compile(await response.arrayBuffer());
  await wasm.default({ module_or_path: module });
  loaded = true;
}

/** Judges the rollbacks of an input. A `TypeError` says which key of the input is wrong. */
export function check(input: Input): Report {
  return call(() => wasm.check(input)) as Report;
}

/** Judges the rollbacks of an input, and writes the report in one of the command line's formats. */
export function render(input: Input, format: Format): string {
  return call(() => wasm.render(input, format));
}

/** Every rule with its page. */
export function rules(): Rule[] {
  return call(() => wasm.rules()) as Rule[];
}

/** What an input may name. */
export function choices(): Choices {
  return call(() => wasm.choices()) as Choices;
}
