import { VirgaError } from '@virga/errors'
import type { Scenario } from '@virga/scenario'
import type { Check } from './run-checks.ts'

const fasterHint = `Rendering runs on SwiftShader, which needs no installation. For about three times the speed install Mesa's lavapipe 24 or newer:
  Debian 13, Ubuntu 24.04 and later:  apt install mesa-vulkan-drivers
  Debian 12:                          apt install -t bookworm-backports mesa-vulkan-drivers
A graphics card with a Vulkan driver is faster still.`

/** Draws a frame of a real map line and looks at its pixels: a version check would not notice a driver that draws nothing. */
export async function checkRendering(): Promise<Check[]> {
  const { openRenderDevice, renderCondition } = await import('@virga/rendering')
  const device = await openRenderDevice()
  try {
    const { kind, name, driver } = device.adapter
    const scenario = oneLineScenario()
    const camera = scenario.rig.cameras[0]
    if (camera === undefined) throw new VirgaError('VIRGA_INTERNAL', 'the trial scenario has no camera')
    const started = performance.now()
    let lit = 0
    for await (const image of renderCondition(device, scenario, { camera, style: 'hdmap-v1', width: 320, height: 176, timesUs: [0] })) {
      const first = image.data.subarray(0, 3)
      for (let i = 0; i < image.data.length; i += 3)
        if (image.data[i] !== first[0] || image.data[i + 1] !== first[1] || image.data[i + 2] !== first[2]) lit++
    }
    const ms = Math.round(performance.now() - started)
    const seen = device.candidates.filter((other) => other.refused !== undefined).map((other) => `${other.name} refused: ${other.refused}`)
    if (lit < 50) return [{ name: 'rendering', state: 'failed', detail: `${name} (${driver}) drew an empty picture` }]
    return [
      {
        name: 'rendering',
        state: kind === 'swiftshader' ? 'warning' : 'ok',
        detail: `${kind}: ${name}${driver === '' ? '' : ` (${driver})`}; a frame drawn in ${ms} ms with start${seen.length > 0 ? `; ${seen.join('; ')}` : ''}`,
        ...(kind === 'swiftshader' ? { hint: fasterHint } : {}),
      },
    ]
  } finally {
    device.dispose()
  }
}

/** A straight white line ahead of a camera at 1.5 m. */
function oneLineScenario(): Scenario {
  const ego = {
    timesUs: Float64Array.of(0, 1_000_000),
    translations: new Float64Array(6),
    rotations: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0),
  }
  return {
    id: 'doctor',
    origin: { format: 'simulation', uri: 'doctor' },
    startUs: 0,
    endUs: 1_000_000,
    rig: {
      cameras: [
        {
          name: 'front',
          model: { kind: 'pinhole', fx: 200, fy: 200, cx: 160, cy: 88 },
          width: 320,
          height: 176,
          camera_to_vehicle: { rotation: [0.5, -0.5, 0.5, -0.5], translation: [0, 0, 1.5] },
        },
      ],
      lidars: [],
    },
    ego,
    map: [{ kind: 'lane-line', id: '1', line: Float64Array.of(4, 1, 0, 60, 1, 0), colour: 'white', pattern: 'solid' }],
    tracks: [],
    sweeps: [],
    images: new Map(),
    missing: [],
  }
}
