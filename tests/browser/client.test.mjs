// The analyser's client with a worker of paper: order, numbers, the watchdog, new workers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AnalyserClient } from "../../crates/backout-wasm/js/client.js";

/** A client whose workers answer by `answer(call, args)`; what that throws ends the worker, what it never gives is a loop. */
function client(answer, options = {}) {
  const workers = [];
  const spawn = async () => {
    const worker = {
      terminated: false,
      terminate: () => (worker.terminated = true),
      postMessage: (message) =>
        setTimeout(() => {
          if (worker.terminated) return;
          if (message.module) return worker.onmessage({ data: { ready: true } });
          try {
            const value = answer(message.call, ...message.args);
            if (value !== undefined) worker.onmessage({ data: { id: message.id, value } });
          } catch (error) {
            worker.onmessage({ data: { id: message.id, failed: String(error) } });
          }
        }),
    };
    workers.push(worker);
    return { worker, module: "module" };
  };
  return { client: new AnalyserClient({ spawn, limit: 50, ...options }), workers };
}

test("requests that come before the worker is ready are answered in their order", async () => {
  const { client: one, workers } = client((call, value) => `${call} ${value}`);
  assert.deepEqual(await Promise.all([one.call("a", [1]), one.call("b", [2])]), ["a 1", "b 2"]);
  assert.equal(workers.length, 1);
});

test("of requests that replace each other the first and the last are answered", async () => {
  const { client: one } = client((_, value) => value);
  const answers = await Promise.all([1, 2, 3, 4].map((value) => one.call("check", [value], { replaces: "check" })));
  // None was sent when they came, since the worker was not ready: only the last is left.
  assert.deepEqual(answers, [undefined, undefined, undefined, 4]);
});

test("a worker that fails is replaced, and what waited is answered by the next", async () => {
  const { client: one, workers } = client((call) => {
    if (call === "panic") throw new Error("unreachable");
    return "fine";
  });
  const [first, second] = await Promise.allSettled([one.call("panic"), one.call("check")]);
  assert.equal(first.reason.kind, "lost");
  assert.equal(second.value, "fine");
  assert.deepEqual(workers.map(({ terminated }) => terminated), [true, false]);
});

test("an endless one is ended by the watchdog, also when others were answered before", async () => {
  const { client: one, workers } = client((call) => (call === "loop" ? undefined : "fine"));
  assert.equal(await one.call("check"), "fine");
  const [first, second] = await Promise.allSettled([one.call("loop"), one.call("check")]);
  assert.equal(first.reason.kind, "slow");
  assert.match(first.reason.message, /longer than 0.05 seconds/);
  assert.equal(second.value, "fine");
  assert.equal(workers[0].terminated, true);
});

test("a worker that cannot be started is told to everyone who waits, and tried again later", async () => {
  let tries = 0;
  const spawn = async () => {
    tries += 1;
    throw new Error("404");
  };
  const one = new AnalyserClient({ spawn });
  const answers = await Promise.allSettled([one.call("a"), one.call("b")]);
  assert.deepEqual(answers.map(({ reason }) => reason.kind), ["unavailable", "unavailable"]);
  await assert.rejects(one.call("c"), { kind: "unavailable" });
  assert.equal(tries, 2);
});

test("what is worked on is dropped for one that ends it, unless it is done soon", async () => {
  const { client: one, workers } = client((call) => (call === "loop" ? undefined : call), { limit: 60_000 });
  await one.call("first");
  const loop = one.call("loop", [], { replaces: "check" });
  assert.equal(await one.call("open", [], { ends: "check" }), "open");
  assert.equal(await loop, undefined);
  assert.equal(workers.length, 2);
  const [soon, open] = await Promise.all([one.call("soon", [], { replaces: "check" }), one.call("open", [], { ends: "check" })]);
  assert.deepEqual([soon, open, workers.length], ["soon", "open", 2]);
});
