import type { RenderDevice } from '@virga/rendering'

/** A graphics device that is opened when the first stage asks for it: a run that only reuses results needs none. */
export class LazyDevice {
  #device: Promise<RenderDevice> | undefined

  readonly open = (): Promise<RenderDevice> => {
    this.#device ??= import('@virga/rendering').then(({ openRenderDevice }) => openRenderDevice())
    return this.#device
  }

  async dispose(): Promise<void> {
    const device = await this.#device?.catch(() => undefined)
    device?.dispose()
  }
}
