import { fuzz } from '@virga/testing'
import { expect, it } from 'vitest'
import { labelColours } from './label-colours.ts'
import { parseControlMap } from './load.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const masks = `schema: virga.control-map/1
masks: { a: { any: [{ class: [road, sky], grow: 2 }, { distance: { from: 1 } }] } }
controls: { vis: { rules: [{ weight: 1, mask: { not: a }, blend: product }] } }`
const weights = `schema: virga.control-map/1
controls:
  edge: { ease: smooth, keys: [{ seconds: 0, weight: 1 }] }
  vis: { rules: [{ weight: { tensor: w.npy }, mask: { image: m.png } }] }`

it('control-map documents: any text is read or refused', async () => {
  const json = JSON.stringify({ schema: 'virga.control-map/1', controls: { edge: { rules: [{ weight: 0.5, mask: { class: 'sky' } }] } } })
  const report = await fuzz({
    name: 'control-map document',
    seedInputs: [masks, weights, json].map(text),
    target: (bytes) => parseControlMap(new TextDecoder().decode(bytes), 'map.yaml', '/nowhere'),
  })
  expect(report.refused).toBeGreaterThan(report.runs / 10)
})

it('label colours: any text is read or refused', async () => {
  await fuzz({
    name: 'label colours',
    seedInputs: [text('{"(200, 30, 30)": "robot", "(1, 2, 3, 255)": {"class": "wall"}, "table": [3, 4, 5]}')],
    target: (bytes) => labelColours(new TextDecoder().decode(bytes), 'labels.json'),
  })
})
