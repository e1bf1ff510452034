// The worker: answers one request at a time with the analyser inside. It never restarts itself; that is the client's part.
//
// in:  { module }                      the compiled analyser, once and first
//      { id, call, args }              a request
// out: { ready: true } | { failed }    the answer to the module
//      { judging: [at, of] }           before the answer to a check of a folder: the migration that is judged, and how many there are
//      { id, value } | { id, error }   the answer to a request; an error says what is wrong with the request
//      { id, failed }                  the analyser is lost: a panic, no memory, a trap of any kind
import { Analyser, choices, initSync, open, provoke, rules, sides } from "backout-glue";

let analyser;
let panic = "";

const calls = {
  check: (input) => analyser.check(JSON.parse(input)),
  render: (format) => analyser.render(format),
  open: (folder, migration) => open(JSON.parse(folder), migration),
  rules: () => rules(),
  pictures: (migration, id) => analyser.pictures(migration, id),
  sides: (text) => sides(text),
  choices: () => choices(),
  provoke: (how) => provoke(how),
};

function start(module) {
  try {
    initSync({ module });
    analyser = new Analyser();
    postMessage({ ready: true });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
}

self.onmessage = ({ data }) => {
  if (data.module) return start(data.module);
  const { id, call, args } = data;
  try {
    postMessage({ id, value: calls[call](...args) });
  } catch (error) {
    // What the analyser refuses is a string; whatever else comes out of it is its end.
    postMessage(typeof error === "string" ? { id, error } : { id, failed: panic || String(error) });
  }
};

// The module reports the text of a panic before it traps.
self.backoutPanic = (message) => {
  panic = message;
};

// And which migration it judges.
self.backoutJudging = (at, of) => postMessage({ judging: [at, of] });
