// The page's side of the analyser: starts a worker, numbers the requests, sends them one by one, and starts a new worker when one
// is lost or takes too long. What is fetched is fetched once: later workers are made of what is there, so nothing is requested
// after the first load.

/** Why a call has no value: `request` (the analyser refused it), `lost`, `slow`, or `unavailable` (it cannot be started). */
export class AnalyserError extends Error {
  constructor(kind, message) {
    super(message);
    this.name = "AnalyserError";
    this.kind = kind;
  }
}

/** How long a request may take before its worker is ended, in milliseconds. */
const LIMIT = 10_000;

/** How long one that is of no use any more may take: a new worker costs as much. */
const GRACE = 300;

export class AnalyserClient {
  #spawn;
  #limit;
  #worker;
  #ready = false;
  #queue = [];
  #sent;
  #timer;
  #next = 1;

  /**
   * @param {object} options
   * @param {string|URL} [options.worker] the worker's script
   * @param {string|URL} [options.module] the compiled analyser
   * @param {number} [options.limit] how long a request may take
   * @param {() => Promise<{ worker: Worker, module: unknown }>} [options.spawn] makes a worker in another way
   */
  constructor({ worker, module, limit = LIMIT, spawn }) {
    this.#limit = limit;
    this.#spawn = spawn ?? spawner(worker, module);
  }

  /** Starts loading before there is anything to ask. */
  warm() {
    if (!this.#worker) this.#start();
  }

  /**
   * Asks the analyser.
   * @param {string} call a function of the worker
   * @param {unknown[]} args its arguments
   * @param {{ limit?: number, replaces?: string, ends?: string, heard?: (at: number, of: number) => void }} [options]
   *   `replaces`: a request of the same word that still waits is dropped, and its promise gives undefined; `ends`: so is one of that
   *   word that is worked on, unless it is done soon; `heard` is told how far it is
   */
  call(call, args = [], { limit = this.#limit, replaces, ends, heard } = {}) {
    const busy = this.#sent;
    if (ends && busy?.replaces === ends) setTimeout(() => this.#sent === busy && this.#lose(), GRACE);
    return new Promise((resolve, reject) => {
      if (replaces) {
        for (const dropped of this.#queue.filter((other) => other.replaces === replaces)) dropped.resolve(undefined);
        this.#queue = this.#queue.filter((other) => other.replaces !== replaces);
      }
      this.#queue.push({ id: this.#next++, call, args, limit, replaces, heard, resolve, reject });
      this.#send();
    });
  }

  /** Ends the worker; the next call starts another. */
  stop() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = false;
  }

  #start() {
    const starting = {};
    this.#worker = { terminate: () => (starting.over = true) };
    this.#spawn().then(
      ({ worker, module }) => {
        if (starting.over) return worker.terminate();
        this.#worker = worker;
        worker.onmessage = ({ data }) => this.#receive(data);
        worker.onerror = (event) => {
          event.preventDefault?.();
          this.#lose("lost", event.message || "the analyser's worker stopped");
        };
        worker.postMessage({ module });
      },
      (error) => !starting.over && this.#lose("unavailable", String(error?.message ?? error)),
    );
  }

  #send() {
    if (this.#sent || this.#queue.length === 0) return;
    if (!this.#worker) this.#start();
    if (!this.#ready) return;
    const request = (this.#sent = this.#queue.shift());
    this.#timer = setTimeout(
      () => this.#lose("slow", `it took longer than ${request.limit / 1000} seconds`),
      request.limit,
    );
    this.#worker.postMessage({ id: request.id, call: request.call, args: request.args });
  }

  #receive(data) {
    if (data.ready) {
      this.#ready = true;
      return this.#send();
    }
    if (data.judging) return this.#sent?.heard?.(...data.judging);
    if (data.id === undefined) return this.#lose("unavailable", data.failed);
    // An answer to what nobody waits for any more.
    if (data.id !== this.#sent?.id) return;
    if (data.failed !== undefined) return this.#lose("lost", data.failed);
    const request = this.#sent;
    this.#sent = undefined;
    clearTimeout(this.#timer);
    if (data.error !== undefined) request.reject(new AnalyserError("request", data.error));
    else request.resolve(data.value);
    this.#send();
  }

  /** The worker is of no use any more: what it worked on fails, or is dropped without a kind; the rest goes to a new one. */
  #lose(kind, message) {
    this.stop();
    const request = this.#sent;
    this.#sent = undefined;
    if (kind) request?.reject(new AnalyserError(kind, message));
    else request?.resolve(undefined);
    if (kind === "unavailable") {
      for (const waiting of this.#queue.splice(0)) waiting.reject(new AnalyserError(kind, message));
    }
    // A spare is started at once, so that the next request need not wait for it.
    else this.#start();
    this.#send();
  }
}

/** Fetches and compiles once; each worker is made of the text and gets the compiled module. */
function spawner(workerUrl, moduleUrl) {
  let parts;
  const fetched = async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    return response;
  };
  const load = async () => {
    const [script, module] = await Promise.all([
      fetched(workerUrl).then((response) => response.text()),
      // From bytes and not from the stream: some servers do not name the type of the file.
      fetched(moduleUrl).then((response) => response.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes)),
    ]);
    return { script: URL.createObjectURL(new Blob([script], { type: "text/javascript" })), module };
  };
  return async () => {
    parts ??= load();
    try {
      const { script, module } = await parts;
      return { worker: new Worker(script), module };
    } catch (error) {
      // The next try may find the network back.
      parts = undefined;
      throw error;
    }
  };
}
