import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { type GenerationOptions, generationOptions, generationRequest, weights } from './generation-options.ts'

function parse(...args: string[]): GenerationOptions {
  const command = generationOptions(new Command('x').exitOverride().configureOutput({ writeErr: () => undefined }))
  return command.parse(['node', 'x', ...args]).opts()
}

describe('generation options', () => {
  it('takes weights, several at once and repeated, the last one of a control', () => {
    expect(weights('hdmap=1, edge=.5')).toEqual({ hdmap: 1, edge: 0.5 })
    expect(parse('--weight', 'hdmap=1', '--weight', 'vis=0,hdmap=0.25').weight).toEqual({ hdmap: 0.25, vis: 0 })
    for (const text of ['hdmap', 'hdmap=-1', 'hdmap=one', '=1', 'hdmap=1,,vis=1', 'hdmap=NaN', 'hdmap=1e9x'])
      expect(() => parse('--weight', text)).toThrow(/CONTROL=WEIGHT/)
  })

  it('gives what was given and nothing else', async () => {
    expect(await generationRequest(parse(), false)).toEqual({})
    const asked = parse(
      ...['--steps', '8', '--solver', 'euler', '--strength', '0.5', '--guidance', '2', '--negative-prompt', 'sun', '--prompt', 'rain'],
      ...['--controls', 'hdmap,lidar', '--weight', 'lidar=2', '--clip-frames', '57', '--control-every', '2', '--no-relight', '--no-detail'],
    )
    expect(await generationRequest(asked, false)).toEqual({
      ...{ steps: 8, solver: 'euler', strength: 0.5, guidance: 2, negativePrompt: 'sun', prompt: 'rain' },
      ...{ controls: ['hdmap', 'lidar'], weights: { lidar: 2 }, clipFrames: 57, controlEvery: 2, relight: false, detail: false },
    })
  })

  it.each([
    ['--strength', '1.5'],
    ['--strength', '-0.1'],
    ['--guidance', '-1'],
    ['--solver', 'heun'],
    ['--steps', '2.5'],
    ['--clip-frames', '8'],
    ['--control-every', '0'],
    ['--controls', 'hdmap,,vis'],
  ])('refuses %s %s', (option, value) => {
    expect(() => parse(option, value)).toThrow(expect.objectContaining({ name: expect.stringContaining('Error') as string }))
  })

  it('refuses weights beside a control map, and a first frame that cannot be read', async () => {
    await expect(generationRequest(parse('--weight', 'hdmap=1'), true)).rejects.toMatchObject({
      code: 'VIRGA_USAGE',
      place: { field: 'weight' },
    })
    const file = join(mkdtempSync(join(tmpdir(), 'virga-first-')), 'broken.png')
    await expect(generationRequest(parse('--first-frame', file), false)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT', place: { file } })
    writeFileSync(file, 'no picture')
    await expect(generationRequest(parse('--first-frame', file), false)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT', place: { file } })
  })
})
