import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { controlMapPresets, loadControlMap, parseControlMap } from './load.ts'

const parse = (body: string) => parseControlMap(`schema: virga.control-map/1\n${body}`, 'map.yaml', '.')

describe('control map documents', () => {
  it('fill in what is left out', async () => {
    const { spec } = await parse(`
controls:
  hdmap: 1
  edge: { rules: [{ weight: 0.5, mask: { class: lane-line } }] }`)
    expect(spec.controls).toEqual({
      hdmap: { rules: [{ weight: 1, blend: 'over' }] },
      edge: { rules: [{ weight: 0.5, blend: 'over', mask: { class: ['lane-line'] } }] },
    })
  })

  it('are read as JSON too', async () => {
    const { spec } = await parseControlMap('{"schema": "virga.control-map/1", "controls": {"vis": 0.25}}', 'map.json', '.')
    expect(spec.controls.vis.rules[0].weight).toBe(0.25)
  })

  it.each([
    [
      'controls: { edge: { rules: [{ weight: 1 }, { weight: 1 }, { weight: 1, mask: { track: 5 } }] } }',
      'controls.edge.rules[2].mask.track',
      'line 2',
      'string',
    ],
    ['controls: { edge: -1 }', 'controls.edge', 'line 2', 'at least 0'],
    ['controls: { edge: .nan }', 'controls.edge', 'line 2', 'number'],
    ['controls: { edge: much }', 'controls.edge', 'line 2', 'number'],
    [
      'controls:\n  edge:\n    rules:\n      - { weight: 1, mask: { class: lane_line } }',
      'controls.edge.rules[0].mask.class',
      'line 5',
      'lane-line',
    ],
    ['controls: { edge: { rules: [{ weight: 1, maks: sky }] } }', 'controls.edge.rules[0].maks', 'line 2', 'near it: mask'],
    [
      'controls: { edge: { rules: [{ weight: 1, mask: { class: sky, track: a } }] } }',
      'controls.edge.rules[0].mask',
      'line 2',
      'exactly one of',
    ],
    [
      'controls: { edge: { rules: [{ weight: 1, mask: { distance: { from: 9, to: 3 } } }] } }',
      'controls.edge.rules[0].mask.distance',
      'line 2',
      'at most to',
    ],
    [
      'controls: { edge: { keys: [{ frame: 5, weight: 1 }, { frame: 2, weight: 0 }] } }',
      'controls.edge.keys[1]',
      'line 2',
      'order of time',
    ],
    [
      'controls: { edge: { keys: [{ frame: 5, weight: 1 }, { seconds: 9, weight: 0 }] } }',
      'controls.edge.keys[1]',
      'line 2',
      'all keys in frames',
    ],
    [
      'masks: { drawn: { class: road } }\ncontrols: { edge: { rules: [{ weight: 1, mask: drwan }] } }',
      'controls.edge.rules[0].mask',
      'line 3',
      'one of: drawn',
    ],
    ['masks: { a: { not: b }, b: { any: [a] } }', 'masks.b.any[0]', 'line 2', 'do not lead back'],
    ['extends: nothing-like-it', 'extends', 'line 2', 'salient-object'],
    ['control: {}', 'control', 'line 2', 'near it: controls'],
  ])('refuse %s', async (body, field, record, expected) => {
    await expect(parse(body)).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { file: 'map.yaml', field, record, expected: expect.stringContaining(expected) as string },
    })
  })

  it.each([
    ['schema: virga.control-map/2', 'virga.control-map/1'],
    ['[1, 2]', 'schema'],
    ['a: [1', 'YAML or JSON'],
    ['a: 1\na: 2', 'YAML or JSON'],
    ['a: !!js/function "x"', 'YAML or JSON'],
    [`a: ${'['.repeat(60)}${']'.repeat(60)}`, 'at most 40 levels'],
    [`a: ${'['.repeat(30_000)}`, 'YAML or JSON'],
    [
      'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]',
      'YAML or JSON',
    ],
    ['x'.repeat(2 << 20), 'at most'],
  ])('refuse the text %.40s', async (text, expected) => {
    await expect(parseControlMap(text, 'map.yaml', '.')).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { file: 'map.yaml', expected: expect.stringContaining(expected) as string },
    })
  })

  it('change a map that comes with Virga, keeping the rest of it', async () => {
    const { spec } = await parse('extends: salient-object\nmasks: { foreground: { track: ego-1 } }\ncontrols: { seg: 0 }')
    expect(spec.masks.foreground).toEqual({ track: ['ego-1'] })
    expect(spec.controls.seg.rules).toEqual([{ weight: 0, blend: 'over' }])
    expect(spec.controls.depth.rules[0].mask).toEqual({ not: 'foreground' })
  })

  it('take file names from the folder of the document that names them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'virga-map-'))
    writeFileSync(
      join(folder, 'base.yaml'),
      'schema: virga.control-map/1\nmasks: { own: { image: own.png } }\ncontrols: { vis: { tensor: w.npy } }',
    )
    const { spec } = await parseControlMap(`schema: virga.control-map/1\nextends: ${folder}/base.yaml`, 'map.yaml', `${folder}/..`)
    const below = folder.split('/').at(-1) ?? ''
    expect(spec.masks.own).toEqual({ image: { file: `${below}/own.png`, fit: 'linear' } })
    expect(spec.controls.vis.rules[0].weight).toEqual({ tensor: `${below}/w.npy` })
  })

  it('do not go in circles', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'virga-map-'))
    writeFileSync(join(folder, 'a.yaml'), 'schema: virga.control-map/1\nextends: a.yaml')
    await expect(loadControlMap(join(folder, 'a.yaml'))).rejects.toThrow('extend each other')
  })

  it('come with Virga, each under its own name', async () => {
    expect(controlMapPresets()).toContain('uniform')
    for (const name of controlMapPresets()) expect((await loadControlMap(name)).spec.name).toBe(name)
    await expect(loadControlMap('uniforn')).rejects.toMatchObject({ code: 'VIRGA_UNKNOWN_NAME' })
  })
})
