// The compiled engine, whichever way it is loaded, and what its calls come to.

/** What wasm-bindgen writes around a module. */
export interface Glue {
  default(source: { module_or_path: WebAssembly.Module }): Promise<void>;
  initSync(source: { module: WebAssembly.Module | BufferSource }): void;
  __wbg_reset_state(): void;
}

export class Engine<G extends Glue> {
  #loaded = false;

  constructor(readonly glue: G) {}

  /** Starts the engine from its bytes or from its compiled module, at once. */
  start(module: WebAssembly.Module | BufferSource): void {
    this.glue.initSync({ module });
    this.#loaded = true;
  }

  /** Starts the engine from what `fetch` returns. */
  async startFrom(source: Promise<Response>): Promise<void> {
    const response = await source;
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`.trim());
    // Some hosts serve .wasm without its type, and the streaming compiler refuses that.
    const typed = (response.headers.get("content-type") ?? "").startsWith("application/wasm");
    const module = typed ? await WebAssembly.compileStreaming(response) : await WebAssembly.compile(await response.arrayBuffer());
    await this.glue.default({ module_or_path: module });
    this.#loaded = true;
  }

  /** Runs a function of the engine; a trap ends the instance, so a fresh one takes its place. */
  call<T>(what: (glue: G) => T): T {
    if (!this.#loaded) throw new Error("the engine is not loaded yet: `await ready()` first");
    try {
      return what(this.glue);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
        this.glue.__wbg_reset_state();
        throw new Error("backout failed on this input, which is a defect of backout: please report it", { cause: error });
      }
      throw error;
    }
  }
}
