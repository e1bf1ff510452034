// The package's functions over the whole engine.

import * as wasm from "../build/backout/backout.js";
import { Engine } from "./engine.js";
import type { Report } from "./report.js";
import type { Choices, Format, Input, Rule } from "./types.js";

export const engine = new Engine(wasm);

/** Judges the rollbacks of an input. A `TypeError` says which key of the input is wrong. */
export function check(input: Input): Report {
  return engine.call((wasm) => wasm.check(input)) as Report;
}

/** Judges the rollbacks of an input, and writes the report in one of the command line's formats. */
export function render(input: Input, format: Format): string {
  return engine.call((wasm) => wasm.render(input, format));
}

/** Every rule with its page. */
export function rules(): Rule[] {
  return JSON.parse(engine.call((wasm) => wasm.rules())) as Rule[];
}

/** What an input may name. */
export function choices(): Choices {
  const known = JSON.parse(engine.call((wasm) => wasm.choices())) as Omit<Choices, "runners"> & { runners: { id: Choices["runners"][number] }[] };
  return { ...known, runners: known.runners.map(({ id }) => id) };
}
