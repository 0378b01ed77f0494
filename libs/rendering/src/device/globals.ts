/// <reference types="@webgpu/types" />
import { globals } from 'webgpu'

let installed = false

/** Puts the WebGPU constructors and constants (GPUBufferUsage, GPUTextureUsage, ...) on globalThis, where three.js looks for them. */
export function installWebGpuGlobals(): void {
  if (installed) return
  installed = true
  Object.assign(globalThis, globals)
}
