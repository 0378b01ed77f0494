/** The part of WebAssembly's JavaScript interface that is used here; Node has it, its types come with browser libraries only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Memory {
    constructor(size: { initial: number; maximum?: number })
    readonly buffer: ArrayBuffer
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, Memory>>)
    readonly exports: Record<string, unknown>
  }
}
