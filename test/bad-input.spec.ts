import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMini, hasRealLog, realLog, virga, workspace } from './virga.ts'

let root: string
let out: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'virga-bad-'))
  out = join(root, 'out')
  process.env.VIRGA_HOME = join(root, 'home')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Runs the command, expects the exit code and the words on stderr, and that nothing was left behind. */
async function refuses(code: number, words: RegExp, args: readonly string[], env?: Record<string, string>): Promise<void> {
  const { code: found, stderr } = await virga(args, env)
  expect(stderr).toMatch(words)
  expect(found).toBe(code)
  expect(existsSync(out), 'the output folder').toBe(false)
}

const augment = (log: string, ...more: string[]) => [
  'augment',
  log,
  '--camera',
  'ring_front_center',
  '--variant',
  'rain/night',
  '--out',
  out,
  ...more,
]

describe('usage', () => {
  it('exits with 2 for an unknown command and an unknown option', async () => {
    await refuses(2, /unknown command 'rendr'[\s\S]*render/, ['rendr'])
    await refuses(2, /unknown option '--cameras'/, ['render', root, '--camera', 'c', '--cameras', 'x', '--out', out])
  })

  it('exits with 2 for a missing option, a bad number and a bad size', async () => {
    await refuses(2, /required option '--camera/, ['render', root, '--out', out])
    await refuses(2, /Expected an integer of at least 1/, ['render', root, '--camera', 'c', '--frames', '0', '--out', out])
    await refuses(2, /even pixels/, ['render', root, '--camera', 'c', '--size', '1281x704', '--out', out])
  })

  it('lists the weathers and lightings for an unknown one, an alias too', async () => {
    for (const variant of ['rainy/night', 'rain/noon', 'rain', 'rain/night/wet', 'RAIN/night']) {
      await refuses(2, /clear, overcast, rain, snow, fog[\s\S]*morning, day, golden-hour, night/, [
        'augment',
        '--simulate',
        '1',
        '--variant',
        variant,
        '--out',
        out,
      ])
    }
  })

  it('wants either a log or a seed', async () => {
    await refuses(2, /either LOG or --simulate/, ['augment', '--variant', 'rain/night', '--out', out])
    await refuses(2, /either LOG or --simulate/, ['augment', root, '--simulate', '1', '--variant', 'rain/night', '--out', out])
  })

  it('lists the bundles for an unknown one', async () => {
    await refuses(2, /no bundle named maxi.*one of: .*mini/, [
      'augment',
      '--simulate',
      '1',
      '--variant',
      'rain/night',
      '--bundle',
      'maxi',
      '--out',
      out,
    ])
  })

  it('has help with examples for every command, with exit code 0', async () => {
    for (const command of ['doctor', 'inspect', 'preview', 'simulate', 'convert', 'render', 'augment', 'bundle']) {
      const { code, stdout } = await virga([command, '--help'])
      expect(stdout).toMatch(/Examples:\n {2}\$ virga/)
      expect(code).toBe(0)
    }
  })
})

describe('logs that cannot be read', () => {
  it('exits with 3 for nothing there, a file, an empty folder and an unknown format, saying what was looked for', async () => {
    mkdirSync(join(root, 'empty'))
    mkdirSync(join(root, 'photos'))
    writeFileSync(join(root, 'photos', 'holiday.jpg'), '')
    writeFileSync(join(root, 'file.txt'), 'hello')
    await refuses(3, /no such file or folder/, ['inspect', join(root, 'absent')])
    await refuses(3, /a file in no format that is known.*Argoverse 2/, ['inspect', join(root, 'file.txt')])
    await refuses(3, /an empty folder in no format.*Argoverse 2/, augment(join(root, 'empty')))
    await refuses(3, /holiday\.jpg.*Argoverse 2/, ['render', join(root, 'photos'), '--camera', 'c', '--out', out])
  })

  it('says it as JSON too', async () => {
    const { code, stdout } = await virga(['inspect', join(root, 'absent'), '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'VIRGA_BAD_INPUT', exitCode: 3 } })
  })
})

describe.skipIf(!hasRealLog)('a real log (set VIRGA_DATA)', () => {
  const broken = (name: string, spoil: (folder: string) => void): string => {
    const folder = join(root, name)
    cpSync(realLog, folder, { recursive: true })
    spoil(folder)
    return folder
  }

  it('lists the cameras for an unknown one', async () => {
    await refuses(2, /no camera front in .*one of: ring_front_center, .*stereo_front_right/, [
      'render',
      realLog,
      '--camera',
      'front',
      '--out',
      out,
    ])
    await refuses(2, /no camera was named.*ring_front_center/, ['augment', realLog, '--variant', 'rain/night', '--out', out])
    await refuses(2, /no camera roof in/, ['augment', realLog, '--camera', 'roof', '--variant', 'rain/night', '--out', out])
  })

  it('lists the controls for an unknown one', async () => {
    await refuses(2, /no control flow.*hdmap, lidar, depth, seg, edge, vis/, [
      'render',
      realLog,
      '--camera',
      'ring_front_center',
      '--controls',
      'flow',
      '--out',
      out,
    ])
  })

  it('says which control of a control map is not in use before anything is drawn', async () => {
    const map = ['--controls', 'hdmap', '--control-map', 'road-and-vehicles', '--frames', '2']
    await refuses(3, /control edge is not among those in use/, ['render', realLog, '--camera', 'ring_front_center', ...map, '--out', out])
  })

  it('says how many frames there are when more are asked for', async () => {
    await refuses(3, /9999 frames.*at most 479 at 30/, [
      'render',
      realLog,
      '--camera',
      'ring_front_center',
      '--frames',
      '9999',
      '--out',
      out,
    ])
    await refuses(3, /9999 frames.*at most 383 at 24/, augment(realLog, '--frames', '9999'))
    await refuses(3, /does not reach 60 s.*0 to 15.950 seconds/, [
      'render',
      realLog,
      '--camera',
      'ring_front_center',
      '--start',
      '60',
      '--out',
      out,
    ])
  })

  it('names a truncated file', async () => {
    const folder = broken('truncated', (log) => {
      const path = join(log, 'city_SE3_egovehicle.feather')
      writeFileSync(path, readFileSync(path).subarray(0, 9000))
    })
    await refuses(3, /city_SE3_egovehicle\.feather/, augment(folder))
  })

  it('needs the calibration to render, not to inspect', async () => {
    const folder = broken('uncalibrated', (log) => rmSync(join(log, 'calibration'), { recursive: true }))
    const { code, stdout } = await virga(['inspect', folder])
    expect(stdout).toMatch(/missing\n.*calibration/)
    expect(code).toBe(0)
    await refuses(3, /no camera calibration/, ['render', folder, '--camera', 'ring_front_center', '--out', out])
    await refuses(3, /no camera calibration/, augment(folder))
  })

  it('exits with 4 when the output folder cannot be written, before any work', async () => {
    writeFileSync(join(root, 'taken'), '')
    for (const place of [join(root, 'taken'), join(root, 'taken', 'deeper'), '/proc/virga/out']) {
      const { code, stderr } = await virga(['render', realLog, '--camera', 'ring_front_center', '--out', place])
      expect(stderr).toMatch(/VIRGA_CANNOT_WRITE/)
      expect(code).toBe(4)
      const augmented = await virga(['augment', realLog, '--camera', 'ring_front_center', '--variant', 'rain/night', '--out', place])
      expect(augmented.stderr).toMatch(/VIRGA_CANNOT_WRITE/)
      expect(augmented.code).toBe(4)
    }
    expect(readFileSync(join(root, 'taken'), 'utf8')).toBe('')
  })

  it('exits with 4 when the disk is full and leaves no half-written file', async (test) => {
    const small = join(root, 'small')
    mkdirSync(small)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]).status !== 0)
      test.skip('needs the right to mount a small tmpfs')
    try {
      const args = ['render', realLog, '--camera', 'ring_front_center', '--size', '1280x704', '--frames', '72', '--out', join(small, 'out')]
      const { code, stderr } = await virga(args)
      expect(stderr).toMatch(/VIRGA_DISK_FULL/)
      expect(code).toBe(4)
      expect(readdirSync(small, { recursive: true }).filter((name) => /\.(mp4|part|partial)/.test(String(name)))).toEqual([])
    } finally {
      spawnSync('umount', [small])
    }
  })
})

describe.skipIf(!hasMini)('a store on a full disk', () => {
  it('exits with 4 and keeps no half-written blob', async (test) => {
    const store = join(root, 'small-store')
    mkdirSync(store)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', store]).status !== 0)
      test.skip('needs the right to mount a small tmpfs')
    try {
      const args = ['augment', '--simulate', '1', '--frames', '9', '--variant', 'rain/night', '--store', store, '--out', out]
      await refuses(4, /VIRGA_DISK_FULL/, args)
      expect(readdirSync(join(store, 'scratch'))).toEqual([])
      expect(readdirSync(join(store, 'entries'))).toEqual([])
    } finally {
      spawnSync('umount', [store])
    }
  })
})

describe.skipIf(!hasMini)('bundles', () => {
  const copy = (name: string, spoil: (folder: string) => void): string => {
    const folder = join(root, name)
    cpSync(join(workspace, 'models', 'mini'), folder, { recursive: true })
    spoil(folder)
    return folder
  }
  const use = (bundle: string) => [
    'augment',
    '--simulate',
    '1',
    '--frames',
    '1',
    '--variant',
    'rain/night',
    '--bundle',
    bundle,
    '--out',
    out,
  ]

  it('verifies the shipped one', async () => {
    const { code, stdout } = await virga(['bundle', 'verify', 'mini'])
    expect(stdout).toMatch(/mini .*files as stated/)
    expect(code).toBe(0)
  })

  it('exits with 3 for a file with a wrong digest, naming file and digests', async () => {
    const folder = copy('wrong-digest', (bundle) => {
      const path = join(bundle, 'base.onnx')
      const bytes = readFileSync(path)
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
      writeFileSync(path, bytes)
    })
    await refuses(3, /base\.onnx[\s\S]*VIRGA_DIGEST_MISMATCH/, ['bundle', 'verify', folder])
  })

  it('exits with 3 for a missing file, a manifest that is no JSON, and a folder without a bundle', async () => {
    await refuses(
      3,
      /vocabulary\.json[\s\S]*VIRGA_BAD_BUNDLE/,
      use(copy('no-vocabulary', (bundle) => rmSync(join(bundle, 'vocabulary.json')))),
    )
    await refuses(
      3,
      /manifest is no JSON[\s\S]*VIRGA_BAD_BUNDLE/,
      use(copy('no-json', (bundle) => writeFileSync(join(bundle, 'manifest.json'), '{"schema":'))),
    )
    await refuses(3, /VIRGA_BAD_BUNDLE/, use(join(root, 'nowhere')))
  })

  it('exits with 3 for a manifest that cannot be read', async () => {
    const folder = copy('unreadable', (bundle) => {
      rmSync(join(bundle, 'manifest.json'))
      mkdirSync(join(bundle, 'manifest.json'))
    })
    await refuses(3, /VIRGA_BAD_BUNDLE/, use(folder))
  })
})
