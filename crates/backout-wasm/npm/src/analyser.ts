// The page's one analyser: a worker that all elements share, started when the first of them asks.

import type { Report } from "./report.js";
import type { Input } from "./types.js";

/** Why there is no report, as a sentence for readers. */
export class Unavailable {
  constructor(readonly sentence: string) {}
}

interface Request {
  input: Input;
  resolve(report: Report): void;
  reject(why: Unavailable): void;
}

/** A check takes milliseconds; one that takes this long will not end. */
const PATIENCE = 15_000;
/** Loading over a slow line takes longer. */
const LOADING = 60_000;

let worker: Worker | undefined;
let ready = false;
let running: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let last = 0;
const waiting = new Map<number, Request>();

/** Judges an input, after those that were asked before. */
export function analyse(input: Input): Promise<Report> {
  return new Promise((resolve, reject) => {
    waiting.set(++last, { input, resolve, reject });
    next();
  });
}

function next(): void {
  if (!worker) return void start();
  if (!ready || running !== undefined) return;
  const first = waiting.entries().next();
  if (first.done) return;
  const [id, request] = first.value;
  running = id;
  watch(PATIENCE, () => stop(id, "The check took too long and was stopped."));
  worker.postMessage({ id, input: request.input });
}

function watch(patience: number, then: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(then, patience);
}

function start(): void {
  if (waiting.size === 0) return;
  let started: Worker;
  try {
    started = make();
  } catch {
    return refuse("This page's Content-Security-Policy does not allow the worker that checks the SQL, so there is no verdict here.");
  }
  worker = started;
  watch(LOADING, () => refuse("The checker did not load in time, so there is no verdict here."));
  started.onmessage = (event: MessageEvent<{ ready?: true; failed?: string; id?: number; report?: Report; error?: string }>) => {
    if (started !== worker) return;
    const { failed, id, report, error } = event.data;
    clearTimeout(timer);
    if (failed !== undefined) return refuse(why(failed));
    if (id === undefined) {
      ready = true;
    } else {
      const request = waiting.get(id);
      waiting.delete(id);
      running = undefined;
      if (report) request?.resolve(report);
      else request?.reject(new Unavailable(`The SQL could not be checked: ${named(error ?? "no reason was given")}.`));
    }
    next();
  };
  started.onerror = (event) => {
    event.preventDefault();
    if (started !== worker) return;
    if (!ready) return refuse("The checker could not be loaded, so there is no verdict here.");
    if (running !== undefined) stop(running, "The check failed, which is a defect of backout: please report it.");
  };
}

/** What is wrong with an input, with the element's attribute instead of the key that it became. */
function named(error: string): string {
  return error.replace(/^input\.(?:settings\.)?(\w+)(?=: )/, (_, key: string) => `\`${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}\``);
}

function make(): Worker {
  const here = import.meta.url;
  if (here.startsWith("http") && new URL(here).origin !== location.origin) {
    // A worker must be of the page's own origin; a line that imports the other one is.
    const line = `import ${JSON.stringify(new URL("./worker.js", here).href)};`;
    const url = URL.createObjectURL(new Blob([line], { type: "text/javascript" }));
    return new Worker(url, { type: "module" });
  }
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

function why(failure: string): string {
  return /CSP|Content.Security.Policy|disallowed by embedder|unsafe-eval/i.test(failure)
    ? "This page's Content-Security-Policy does not allow WebAssembly, so there is no verdict here."
    : "The checker could not be loaded, so there is no verdict here.";
}

/** Ends the worker; the one request fails, the others go to a new worker. */
function stop(id: number, sentence: string): void {
  const request = waiting.get(id);
  waiting.delete(id);
  end();
  request?.reject(new Unavailable(sentence));
  next();
}

/** Ends the worker, and with it everything that was asked; the next question tries again. */
function refuse(sentence: string): void {
  const all = [...waiting.values()];
  waiting.clear();
  end();
  for (const request of all) request.reject(new Unavailable(sentence));
}

function end(): void {
  clearTimeout(timer);
  worker?.terminate();
  worker = undefined;
  ready = false;
  running = undefined;
}
