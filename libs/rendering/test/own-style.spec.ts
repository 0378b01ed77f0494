import { expect, it } from 'vitest'
import { flatStyle, renderCondition, type Style } from '../src/index.ts'
import { cameraOf, inCity, pixel, pinhole, scenarioOf, trackOf } from './scenario.ts'

/**
 * All that it takes to add a style: this object, in a file of its own. Image-plane outlines as OpenDWM draws them: 8 pixels wide, constant
 * colours, far distance 65 m, boxes with a cross on the side they head to.
 */
const outlines: Style = flatStyle({
  name: 'outlines',
  title: 'outlines in constant colours up to 65 m',
  defaultChain: 'direct',
  shading: { far: 65 },
  nearClip: { lines: 0.05, hulls: 0.05 },
  layers: [
    { draw: 'lines', of: 'road-boundary', rgb: [0, 0, 255], thickness: 8, spacing: 2 },
    { draw: 'lines', of: 'lane-line', rgb: [0, 255, 0], thickness: 4, spacing: 2 },
    { draw: 'hulls', of: 'crosswalk', rgb: [255, 0, 0] },
    {
      draw: 'boxes',
      of: ['car', 'truck', 'bus'],
      rgb: [255, 127, 80],
      thickness: 2,
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 0],
        [4, 5],
        [5, 6],
        [6, 7],
        [7, 4],
        [0, 4],
        [1, 5],
        [2, 6],
        [3, 7],
        [0, 5],
        [1, 4],
      ],
    },
  ],
})

it('draws a style that nobody has registered', async () => {
  const scenario = scenarioOf({
    map: [
      { id: 'near', kind: 'road-boundary', line: inCity(20, 5, 0, 20, -5, 0) },
      { id: 'far', kind: 'lane-line', line: inCity(66, 30, 5, 66, -30, 5), colour: 'white', pattern: 'solid' },
    ],
    tracks: [trackOf('a', 'car', [10, 0, 2], [10, 0, 2], [2, 4, 2])],
  })
  const request = { camera: cameraOf(pinhole), width: 200, height: 120, timesUs: [0], style: outlines }
  for await (const image of renderCondition(undefined, scenario, request)) {
    expect(pixel(image, 100, 60)).toEqual([0, 0, 255])
    // Nothing beyond the far distance.
    expect(image.data.some((value, i) => i % 3 === 1 && value === 255)).toBe(false)
    // The cross of the front face, 11 m ahead, 1 to 3 m high: its middle is 18 pixels above the horizon.
    expect(pixel(image, 100, 42)).toEqual([255, 127, 80])
  }
})
