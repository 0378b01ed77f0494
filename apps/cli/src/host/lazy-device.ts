import type { RenderDevice } from '@virga/rendering'

/** A graphics device that is opened when the first stage asks for it: a run that only reuses results needs none. */
export class LazyDevice {
  #device: Promise<RenderDevice> | undefined

  readonly open = (): Promise<RenderDevice> => {
    this.#device ??= import('@virga/rendering').then(({ openRenderDevice }) => openRenderDevice())
    return this.#device
  }

  /** What draws; null when nothing was opened: nothing had to be, or there is no device and the styles did without. */
  readonly description = async (): Promise<{ kind: string; name: string; driver: string } | null> => {
    const device = await this.#device?.catch(() => undefined)
    if (device === undefined) return null
    const { kind, name, driver } = device.adapter
    return { kind, name, driver }
  }

  async dispose(): Promise<void> {
    const device = await this.#device?.catch(() => undefined)
    device?.dispose()
  }
}
