/** A memory of 64 KiB pages that WebAssembly and JavaScript share. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, WasmMemory>>,
  ) => { readonly exports: Record<string, unknown> }
}

/** The part of WebAssembly's JavaScript interface that is used here: Node has it, but its types come with browser libraries only. */
export const webAssembly: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly
