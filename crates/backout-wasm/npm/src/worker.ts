// The worker in which the element's checks run: it says that it is ready, then answers numbered requests.

import * as wasm from "../build/checker/checker.js";
import { Engine } from "./engine.js";
import type { Input } from "./types.js";

const engine = new Engine(wasm);

const scope = self as unknown as { postMessage(message: unknown): void; onmessage: ((event: MessageEvent) => void) | null };

scope.onmessage = (event: MessageEvent<{ id: number; input: Input }>) => {
  const { id, input } = event.data;
  try {
    scope.postMessage({ id, report: engine.call((wasm) => wasm.check(input)) });
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

engine.startFrom(fetch(new URL("./checker.wasm", import.meta.url))).then(
  () => scope.postMessage({ ready: true }),
  (error: unknown) => scope.postMessage({ failed: String(error) }),
);
