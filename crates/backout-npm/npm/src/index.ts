// The package for browsers and bundlers.

import { startFrom } from "./engine.js";

export { check, choices, render, rules } from "./engine.js";
export type * from "./report.js";
export type * from "./types.js";

let loading: Promise<void> | undefined;

/** Loads the engine; wait for it once before the first call. A failed load can be tried again. */
export function ready(): Promise<void> {
  loading ??= startFrom(fetch(new URL("./backout.wasm", import.meta.url))).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
