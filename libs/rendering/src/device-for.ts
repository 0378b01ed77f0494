import { isVirgaError, VirgaError } from '@virga/errors'
import type { RenderDevice } from './device/render-device.ts'
import type { Style } from './style.ts'

/** A device, a function that opens one (or returns one that is open already), or nothing: some styles are drawn without. */
export type DeviceSource = RenderDevice | (() => Promise<RenderDevice>) | undefined

/**
 * What draws a style, given the device that was opened for it: the device's adapter, or typed arrays on the processor. Styles that merely prefer a
 * device use it only where it is hardware.
 */
export function drawnBy(style: Style, device: RenderDevice | undefined): { kind: string; name: string; driver: string } {
  if (device !== undefined && style.device !== 'unused' && (style.device !== 'preferred' || device.adapter.kind === 'hardware')) {
    const { kind, name, driver } = device.adapter
    return { kind, name, driver }
  }
  return { kind: 'arrays', name: 'typed arrays on the processor', driver: '' }
}

/**
 * The device that a style is drawn on: opened only where the style uses one.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY where the style needs a device and there is none
 */
export async function deviceFor(style: Style, source: DeviceSource): Promise<RenderDevice | undefined> {
  if (style.device === 'unused') return undefined
  try {
    const device = typeof source === 'function' ? await source() : source
    if (device !== undefined || style.device === 'preferred') return device
  } catch (error) {
    if (style.device === 'preferred' && isVirgaError(error) && error.code === 'VIRGA_MISSING_DEPENDENCY') return undefined
    throw error
  }
  throw new VirgaError('VIRGA_MISSING_DEPENDENCY', `style ${style.name} is drawn on a graphics device, and none was given`, {
    expected: 'the device of openRenderDevice(), or a style that needs none',
  })
}
