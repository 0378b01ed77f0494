import { fuzz } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { isControlnetSpecs, parseControlnetSpecs, specsReport } from './controlnet-specs.ts'
import { parseControlMap } from './load.ts'

const example = {
  prompt: 'a road in the rain',
  negative_prompt: 'cartoon',
  input_video_path: 'in.mp4',
  sigma_max: 70,
  num_steps: 35,
  guidance: 5,
  seed: 7,
  fps: 24,
  blur_strength: 'low',
  canny_threshold: 'high',
  video_save_name: 'x',
  edge: { control_weight: 0.3 },
  vis: { control_weight: '0.25', input_control: 'vis.mp4' },
  depth: { control_weight: 'depth_weights.pt', ckpt_path: 'x.pt' },
  seg: {},
}

describe('controlnet_specs', () => {
  it('become a control map and options, with every entry accounted for', async () => {
    const { spec, specs } = await parseControlMap(JSON.stringify(example), 'specs.json', '.')
    expect(Object.fromEntries(Object.entries(spec.controls).map(([name, { rules }]) => [name, rules[0].weight]))).toEqual({
      edge: 0.3,
      vis: 0.25,
      depth: { tensor: 'depth_weights.pt' },
      seg: 0.5,
    })
    expect(specs).toMatchObject({
      prompt: 'a road in the rain',
      negativePrompt: 'cartoon',
      seed: 7,
      steps: 35,
      guidance: 5,
      sigmaMax: 70,
      inputs: { vis: 'vis.mp4' },
      presets: { vis: 'low', edge: 'high' },
    })
    const report = specsReport(specs!)
    for (const key of [
      'seed',
      'sigma_max',
      'video_save_name',
      'edge.control_weight',
      'vis.input_control',
      'depth.ckpt_path',
      'seg.control_weight',
    ])
      expect(report.filter((line) => line.startsWith(`${key}: `))).toHaveLength(1)
    expect(report).toContain('seg.control_weight: used, missing: 0.5, as the official code fills in')
  })

  it('say where the official code reads a zero as one', () => {
    const specs = parseControlnetSpecs(
      { edge: { control_weight: 0 }, vis: { control_weight: 'v.pt' }, seg: { control_weight: 'none' } },
      'specs.json',
    )
    expect(specs.weights.controls.edge.rules[0].weight).toBe(0)
    expect(specs.weights.controls.seg.rules[0].weight).toBe(1)
    expect(specsReport(specs)[0]).toContain('reads a numeric 0 beside a weight file as 1')
  })

  it.each([
    [{ edge: { control_weight: -1 } }, 'edge.control_weight', 'at least 0'],
    [{ edge: { control_weight: 'none' } }, 'edge.control_weight', 'at least 0'],
    [{ edge: { control_weight: 'much' } }, 'edge.control_weight', 'at least 0'],
    [{ edge: { control_weight: [1] } }, 'edge.control_weight', 'number'],
    [{ edge: {}, edgy: {} }, 'edgy', 'vis, seg, edge'],
    [{ edge: {}, seed: -1 }, 'seed', 'at least 0'],
    [{ edge: {}, blur_strength: 'huge' }, 'blur_strength', 'medium'],
  ])('refuse %j', (value, field, expected) => {
    expect(() => parseControlnetSpecs(value, 'specs.json')).toThrow(
      expect.objectContaining({
        code: 'VIRGA_BAD_INPUT',
        place: expect.objectContaining({ file: 'specs.json', field, expected: expect.stringContaining(expected) as string }) as object,
      }),
    )
  })

  it('are told from control maps', () => {
    expect(isControlnetSpecs({ edge: {} })).toBe(true)
    expect(isControlnetSpecs({ schema: 'virga.control-map/1', controls: {} })).toBe(false)
    expect(isControlnetSpecs({ prompt: 'x' })).toBe(false)
  })

  it('fuzz: any text is read or refused', async () => {
    await fuzz({
      name: 'controlnet_specs',
      seedInputs: [new TextEncoder().encode('{"seed": 7, "edge": {"control_weight": "0.5"}, "vis": {"input_control": "v.mp4"}}')],
      target: (bytes) => parseControlMap(new TextDecoder().decode(bytes), 'specs.json', '/nowhere'),
    })
  })
})
