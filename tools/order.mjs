// Names the functions of a module so that sorting them by name puts like beside like, which packs better:
//
//   node tools/order.mjs IN.wasm OUT.wasm && wasm-opt OUT.wasm --reorder-functions-by-name …
//
// The next function is the one that shares most rare runs of bytes with the last few, and is about as long.
import { readFileSync, writeFileSync } from "node:fs";

/** Bytes in a run: the instructions of a call with its arguments. */
const RUN = 8;
/** A run that more functions have is everywhere, and says nothing. */
const RARE = 100;
/** So many functions before count, the last one most. */
const BEFORE = 10;

const [input, output] = process.argv.slice(2);
const bytes = readFileSync(input);

/** A number in LEB128 at a place, and the place behind it. */
function number(at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

function leb(value) {
  const out = [];
  do {
    out.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return out;
}

/** The module's imported functions, which are numbered before its own. */
function imported(at) {
  let count, functions = 0;
  [count, at] = number(at);
  const skip = () => ([, at] = number(at));
  const text = () => {
    const [length, start] = number(at);
    at = start + length;
  };
  const limits = () => {
    const bounded = bytes[at++] & 1;
    skip();
    if (bounded) skip();
  };
  for (; count > 0; count--) {
    text();
    text();
    const kind = bytes[at++];
    if (kind === 0) {
      functions++;
      skip();
    } else if (kind === 1) {
      at++;
      limits();
    } else if (kind === 2) limits();
    else if (kind === 3) at += 2;
    else throw new Error(`${input}: an import of kind ${kind}, which is not known here`);
  }
  return functions;
}

const bodies = [];
let before = 0;
for (let at = 8; at < bytes.length; ) {
  const id = bytes[at];
  const [size, start] = number(at + 1);
  if (id === 2) before = imported(start);
  if (id === 10) {
    let [count, from] = number(start);
    for (; count > 0; count--) {
      const [length, body] = number(from);
      bodies.push(bytes.subarray(body, body + length));
      from = body + length;
    }
  }
  at = start + size;
}

// The rare runs of each function, and the functions of each.
const owners = new Map();
const runs = bodies.map((body, which) => {
  const own = new Set();
  for (let at = 0; at + RUN <= body.length; at++) own.add(body.readBigUInt64LE(at));
  for (const run of own) {
    const list = owners.get(run);
    if (!list) owners.set(run, [which]);
    else if (list.length <= RARE) list.push(which);
  }
  return own;
});
const rare = runs.map((own) => [...own].map((run) => owners.get(run)).filter((list) => list.length > 1 && list.length <= RARE));

const order = [];
const placed = new Uint8Array(bodies.length);
const length = (which) => Math.log(bodies[which].length + 20);
const longest = bodies.map((_, which) => which).sort((a, b) => bodies[b].length - bodies[a].length);
for (let next = longest[0], unplaced = 0; next !== undefined; ) {
  order.push(next);
  placed[next] = 1;
  const shared = new Map();
  for (const [back, one] of order.slice(-BEFORE).reverse().entries()) {
    for (const list of rare[one]) {
      const weight = (1 - back / BEFORE) / list.length;
      for (const other of list) if (!placed[other]) shared.set(other, (shared.get(other) ?? 0) + weight);
    }
  }
  const last = length(next);
  let best = 0;
  next = undefined;
  for (const [other, sum] of shared) {
    const worth = (sum / Math.sqrt(rare[other].length + 50)) * Math.exp(-Math.abs(length(other) - last));
    if (worth > best) [best, next] = [worth, other];
  }
  if (next === undefined) {
    while (placed[longest[unplaced]]) unplaced++;
    next = longest[unplaced];
  }
}

const names = order.map((which, place) => [before + which, String(place).padStart(6, "0")]).sort((a, b) => a[0] - b[0]);
const map = [...leb(names.length), ...names.flatMap(([which, name]) => [...leb(which), name.length, ...Buffer.from(name)])];
const section = [4, ...Buffer.from("name"), 1, ...leb(map.length), ...map];
writeFileSync(output, Buffer.concat([bytes, Buffer.from([0, ...leb(section.length), ...section])]));
