import type { AugmentHost } from '@virga/augmentation'
import { isVirgaError } from '@virga/errors'
import { type Bundle, type ClipGenerator, createClipGenerator, usableProviders } from '@virga/models'
import { openRenderDevice, type RenderDevice } from '@virga/rendering'

/** Graphics device and models of a worker: opened when a task first needs them, and kept for the next. */
export class Machinery implements Pick<AugmentHost, 'openDevice' | 'openGenerator' | 'execution'> {
  readonly execution: AugmentHost['execution']
  #device: Promise<RenderDevice> | undefined
  readonly #generators = new Map<string, ClipGenerator>()
  #newest: string | undefined
  #inUse = 0

  constructor(threads: number) {
    this.execution = { providers: usableProviders(), threads }
  }

  readonly openDevice = (): Promise<RenderDevice> => {
    this.#device ??= openRenderDevice().catch((error: unknown) => {
      this.#device = undefined // the next task tries again
      throw error
    })
    return this.#device
  }

  readonly openGenerator = (bundle: Bundle): Promise<ClipGenerator> => {
    this.#newest = bundle.digest
    const generator = this.#generators.get(bundle.digest) ?? createClipGenerator(bundle, { threads: this.execution.threads })
    this.#generators.set(bundle.digest, generator)
    return Promise.resolve(generator)
  }

  /** Runs a task. Between tasks, models that were not used last are let go, and after a lost device everything is. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    this.#inUse++
    let isLost = false
    try {
      return await task()
    } catch (error) {
      isLost = isVirgaError(error) && error.code === 'VIRGA_DEVICE'
      throw error
    } finally {
      this.#inUse--
      if (this.#inUse === 0) await this.#letGo(isLost)
    }
  }

  async dispose(): Promise<void> {
    await this.#letGo(true)
  }

  async #letGo(everything: boolean): Promise<void> {
    for (const [digest, generator] of this.#generators) {
      if (!everything && digest === this.#newest) continue
      this.#generators.delete(digest)
      await generator.dispose()
    }
    if (!everything) return
    const device = await this.#device?.catch(() => undefined)
    this.#device = undefined
    device?.dispose()
  }
}
