import { expect, it } from 'vitest'
import { drawnBy } from './device-for.ts'
import type { RenderDevice } from './device/render-device.ts'
import { solidStyle, styleNamed, worldScenarioV3Description } from './index.ts'
import type { Style } from './style.ts'

const device = (kind: 'hardware' | 'lavapipe'): RenderDevice => ({ adapter: { kind, name: kind, driver: 'd' } }) as RenderDevice
const required: Style = { ...solidStyle(worldScenarioV3Description), device: 'required', open: () => expect.unreachable() }

it('says what draws: a device where the style uses it, else typed arrays', () => {
  expect(drawnBy(styleNamed('hdmap-v1'), device('hardware')).kind).toBe('arrays')
  expect(drawnBy(styleNamed('lidar-v1'), device('hardware')).kind).toBe('hardware')
  expect(drawnBy(styleNamed('world-scenario-v3'), device('lavapipe')).kind).toBe('arrays')
  expect(drawnBy(styleNamed('world-scenario-v3'), undefined).kind).toBe('arrays')
  expect(drawnBy(required, device('lavapipe'))).toEqual({ kind: 'lavapipe', name: 'lavapipe', driver: 'd' })
})
