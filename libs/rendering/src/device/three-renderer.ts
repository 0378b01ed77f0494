/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import { LinearSRGBColorSpace, NoToneMapping, WebGPURenderer } from 'three/webgpu'

/**
 * Stands in for the browser's animation clock: three.js counts a frame when it fires, and nodes that update once a frame (time, say) go
 * stale while it does not. Here a frame begins when the caller says so.
 */
export class FrameClock {
  #next: ((timeMs: number) => void) | undefined

  requestAnimationFrame(callback: (timeMs: number) => void): number {
    this.#next = callback
    return 1
  }

  cancelAnimationFrame(): void {
    this.#next = undefined
  }

  advance(timeMs: number): void {
    const next = this.#next
    this.#next = undefined
    next?.(timeMs)
  }
}

/** A canvas that is never shown: three.js wants one, everything is drawn into render targets. */
function hiddenCanvas(): HTMLCanvasElement {
  const nothing = (): void => undefined
  const context = {
    configure: nothing,
    unconfigure: nothing,
    getCurrentTexture: (): never => {
      throw new VirgaError('VIRGA_INTERNAL', 'there is no screen to draw on: set a render target first')
    },
  }
  const canvas = { width: 1, height: 1, style: {}, addEventListener: nothing, removeEventListener: nothing, getContext: () => context }
  return canvas as unknown as HTMLCanvasElement
}

/** three.js on the given device: colours go out as they come in (no tone mapping, no sRGB encoding), no multisampling of its own. */
export async function createThreeRenderer(device: GPUDevice, clock: FrameClock): Promise<WebGPURenderer> {
  const renderer = new WebGPURenderer({ canvas: hiddenCanvas(), device, antialias: false, alpha: false })
  renderer.outputColorSpace = LinearSRGBColorSpace
  renderer.toneMapping = NoToneMapping
  await renderer.init()
  // The class has no public way to set the clock; WebXR sessions set it through the same member.
  const { _animation: animation } = renderer as unknown as { _animation: { setContext(clock: FrameClock): void } }
  animation.setContext(clock)
  return renderer
}
