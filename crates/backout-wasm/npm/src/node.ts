// The package for Node: the engine is there as soon as the module is.

import { readFileSync } from "node:fs";
import { engine } from "./functions.js";

export { check, choices, render, rules } from "./functions.js";

engine.start(readFileSync(new URL("./backout.wasm", import.meta.url)));

/** There is nothing to wait for in Node; it is here so that the same code runs everywhere. */
export function ready(): Promise<void> {
  return Promise.resolve();
}
