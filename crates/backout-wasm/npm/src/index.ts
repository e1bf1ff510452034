// The package for browsers and bundlers.

import { engine } from "./functions.js";

export { check, choices, render, rules } from "./functions.js";
export type * from "./report.js";
export type * from "./types.js";

let loading: Promise<void> | undefined;

/** Loads the engine; wait for it once before the first call. A failed load can be tried again. */
export function ready(): Promise<void> {
  loading ??= engine.startFrom(fetch(new URL("./backout.wasm", import.meta.url))).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
