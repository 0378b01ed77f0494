import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePng } from '@virga/video'
import { describe, expect, it } from 'vitest'
import { casePath, fixtures, readByteTensors, readHalfTensors } from '../../test/fixture.ts'
import { parseControlMap } from './load.ts'
import { openControlMap } from './open-control-map.ts'

const path = casePath('foreground_presets')

interface Scalars {
  readonly labels: Record<string, string>
  readonly keywords: string[]
  readonly settings: Record<string, Record<string, { foreground: number; background: number }>>
}

describe.skipIf(path === undefined)('the foreground presets over labelled segmentation', () => {
  const folder = path ?? ''
  const scalars = (
    path === undefined ? { settings: {} } : (JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { scalars: Scalars }).scalars
  ) as Scalars

  it.each(Object.keys(scalars.settings))('%s gives the official maps', async (preset) => {
    const { shape, data } = readByteTensors(join(folder, 'inputs.safetensors')).get('frames')!
    const [frames, height, width] = shape
    const scratch = mkdtempSync(join(tmpdir(), 'virga-foreground-'))
    for (let t = 0; t < frames; t++)
      await writePng(join(scratch, `${t}.png`), {
        width,
        height,
        data: data.subarray(t * width * height * 3, (t + 1) * width * height * 3),
      })
    writeFileSync(join(scratch, 'labels.json'), JSON.stringify(scalars.labels))
    const mask = { labelled: { image: '%d.png', labels: 'labels.json', contains: scalars.keywords } }
    const { spec } = await parseControlMap(
      JSON.stringify({ schema: 'virga.control-map/1', extends: preset, masks: { foreground: mask } }),
      'map.json',
      scratch,
    )
    const controls = Object.keys(scalars.settings[preset])
    const maps = controls.map(() => [] as number[])
    for await (const planes of await openControlMap(spec, { controls, frames, fps: 24, width, height, folder: scratch }))
      planes.forEach((plane, n) => maps[n].push(...plane))
    const expected = readHalfTensors(join(folder, 'expected.safetensors'))
    controls.forEach((control, n) => expect(maps[n]).toEqual(Array.from(expected.get(`${preset}.${control}`)!)))
  })
})

if (path === undefined) it.skip(`fixture case foreground_presets is not in ${fixtures} (set VIRGA_FIXTURES)`)
