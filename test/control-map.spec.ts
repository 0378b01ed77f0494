import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { variantManifest } from '@virga/augmentation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finished, hasMini, virga, workspace } from './virga.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'virga-control-map-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const augment = (out: string, ...more: readonly string[]): Promise<Finished> =>
  virga([
    ...['augment', '--simulate', '900004', '--frames', '5', '--steps', '1', '--variant', 'rain/night'],
    ...['--store', join(root, 'store'), '--out', join(root, out), ...more],
  ])
const manifestOf = (out: string) =>
  variantManifest.parse(JSON.parse(readFileSync(join(root, out, 'simulated-900004', 'front', 'rain-night', 'manifest.json'), 'utf8')))

describe.skipIf(!hasMini)('virga augment --control-map', () => {
  it('records the map, shows it, changes the result, and reuses it', async () => {
    expect((await augment('plain')).code).toBe(0)
    const first = await augment('mapped', '--control-map', 'road-and-vehicles')
    expect(first.stderr).toContain('control map road-and-vehicles (front): done')
    expect(first.code).toBe(0)
    const [plain, mapped] = [manifestOf('plain'), manifestOf('mapped')]
    expect(plain.controlMap).toBeUndefined()
    expect(mapped.controlMap?.document).toMatchObject({ name: 'road-and-vehicles', forWidth: 1280 })
    expect(mapped.controlMap?.weights).toMatchObject({ hdmap: { min: 0, max: 1 }, edge: { min: 0, max: 0.5 }, vis: { max: 0 } })
    expect(mapped.conditions.vis).toMatchObject({ weight: 0, readByModel: false })
    expect(mapped.controlMap?.notes).toContain('control vis is not in the map: weight 0')
    expect(mapped.video.sha256).not.toBe(plain.video.sha256)
    expect(existsSync(join(root, 'mapped', 'simulated-900004', 'front', 'conditions', 'control-map.mp4'))).toBe(true)
    const again = await augment('again', '--control-map', 'road-and-vehicles')
    expect(again.stderr).toContain('control map road-and-vehicles (front): reused')
    expect(manifestOf('again')).toEqual(mapped)
  })

  it('takes a controlnet_specs file with torch weights, and says what became of each entry', async () => {
    cpSync(join(workspace, 'libs/augmentation/test/torch/half.pt'), join(root, 'edge_weights.pt'))
    const specs = { seed: 3, sigma_max: 70, edge: { control_weight: 'edge_weights.pt' }, hdmap: { control_weight: 0.3 } }
    writeFileSync(join(root, 'specs.json'), JSON.stringify(specs))
    const run = await augment('official', '--control-map', join(root, 'specs.json'))
    expect(run.stderr).toContain('sigma_max: ignored')
    expect(run.stderr).toContain('edge_weights.pt is 2 x 3 x 4 and is stretched to 5 x 176 x 320')
    expect(run.code).toBe(0)
    expect(manifestOf('official')).toMatchObject({
      seed: 3,
      controlMap: { weights: { hdmap: { min: Math.fround(0.3), max: Math.fround(0.3) } } },
    })
  })

  it.each([
    ['controls: { edge: 0.5, keypoint: 1 }', 'controls.keypoint', 'control keypoint is not among those in use'],
    ['controls: { edge: { rules: [{ weight: 1, mask: { track: nobody } }] } }', 'controls.edge.rules[0].mask.track', 'no track nobody'],
    ['controls: { edge: { rules: [{ weight: 1, mask: { image: gone.png } }] } }', 'gone.png', 'cannot be read'],
    ['controls: { edge: -1 }', 'controls.edge', 'at least 0'],
  ])('refuses %s', async (body, place, message) => {
    const file = join(root, 'bad.yaml')
    writeFileSync(file, `schema: virga.control-map/1\n${body}\n`)
    const run = await augment('bad', '--control-map', file)
    expect(run.stderr).toContain(place)
    expect(run.stderr).toContain(message)
    expect(run.code).toBe(3)
  })
})
