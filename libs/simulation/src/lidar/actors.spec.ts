import { describe, expect, it } from 'vitest'
import { simulateDrive } from '../world/drive.ts'
import { egoPlacement } from '../world/to-scenario.ts'
import type { Actor } from '../world/traffic.ts'
import { objectClasses, type Shape, shapes, shapeSizes } from '../world/traffic/shapes.ts'
import { castTurn } from './cast-turn.ts'
import { lidarGrids, lidarSensor } from './sensor.ts'
import { actorTriangles, type Soup } from './triangles.ts'

const empty: Soup = { count: 0, corners: new Float64Array(0), material: new Uint8Array(0), limbs: new Uint8Array(0), patches: [] }
const drive = simulateDrive({ seed: 7, seconds: 1 })
const sensor = lidarSensor(lidarGrids['128x1800'])

/** Hits of one turn on one body that stands so many metres ahead of the ego, across its way. */
function hitsOn(shape: Shape, metres: number): number[] {
  const own = egoPlacement(drive, 0)
  const actor: Actor = {
    id: shape,
    number: 1,
    class: objectClasses[shape],
    shape,
    size: shapeSizes[shape],
    scale: 1,
    palette: 0,
    moving: false,
    lightsOn: false,
    phase: 0,
    placementAt: () => ({
      ...own,
      x: own.x + Math.cos(own.heading) * metres,
      y: own.y + Math.sin(own.heading) * metres,
      heading: own.heading + 1.2,
    }),
    travelledAt: () => 0,
    brakingAt: () => false,
  }
  const { image } = castTurn({ ...drive, actors: [actor] }, empty, sensor, 0, false)
  return [...image.distance].filter((distance) => Number.isFinite(distance))
}

describe('bodies under the beams', () => {
  it.each(shapes)('%s returns what its size lets expect', (shape) => {
    const hits = hitsOn(shape, 15)
    const [length, width, height] = shapeSizes[shape]
    // Cells of the sensor's grid that the body's box covers, seen from 15 m; meshes fill 15 to 100 per cent of theirs.
    const across = (length * Math.sin(1.2) + width * Math.cos(1.2)) / 15 / ((2 * Math.PI) / sensor.columns)
    const up = height / 15 / ((39.41 * Math.PI) / 180 / (sensor.rows - 1))
    expect(hits.length).toBeGreaterThan(0.15 * across * up)
    expect(hits.length).toBeLessThan(1.4 * across * up)
    const near = Math.hypot(length, width) / 2 + 1.5
    for (const distance of hits) expect(Math.abs(distance - 15)).toBeLessThan(near + 2)
    expect(actorTriangles(shape).count).toBeGreaterThan(100)
  })
})
