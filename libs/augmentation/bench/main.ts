/**
 * A control map of a whole clip, 121 frames of 1280 x 704 for 4 controls over a simulated drive: CPU seconds to draw and keep it and to reduce it to
 * tokens, bytes kept, peak memory. `node tools/run.mjs libs/augmentation/bench/main.ts [frames]`
 */
import { createHash } from 'node:crypto'
import { parseControlMap } from '@virga/conditions'
import { readWeights } from '@virga/diffusion'
import { openRenderDevice } from '@virga/rendering'
import { simulateDrive } from '@virga/simulation'
import { openDriveMap } from '../src/control-map/drive-map.ts'
import { openStoredMap, storeMap } from '../src/control-map/stored-map.ts'
import { type BlobContent, type BlobStore, frameGrid } from '../src/index.ts'

const [width, height] = [1280, 704]
const frames = Number(process.argv[2] ?? 121)
const controls = ['hdmap', 'lidar', 'edge', 'depth']
const text = (feather: string, soft: string) => `schema: virga.control-map/1
controls:
  hdmap: 1
  lidar: { keys: [{ frame: 0, weight: 0.7 }, { frame: 120, weight: 0.3 }] }
  edge: { rules: [{ weight: 0.5, mask: { class: [lane-line, vehicle], grow: 8, feather: ${feather} } }] }
  depth: { rules: [{ weight: 0.3, mask: { distance: { to: 40, soft: ${soft} } } }] }
finally: [{ weight: 0, mask: { class: sky } }]`

const blobs = new Map<string, Buffer>()
const store = {
  put: async (content: BlobContent) => {
    const parts: Uint8Array[] = []
    for await (const part of content as AsyncIterable<Uint8Array>) parts.push(part)
    const bytes = Buffer.concat(parts)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    blobs.set(sha256, bytes)
    return { sha256, size: bytes.length }
  },
  get: async function* ({ sha256 }: { sha256: string }) {
    yield blobs.get(sha256) as Uint8Array
  },
} as unknown as BlobStore

const device = await openRenderDevice()
const { scenario } = simulateDrive({ seed: 7, seconds: (frames + 0.5) / 24, fps: 24, width, height })
const [camera] = scenario.rig.cameras
const { timesUs } = frameGrid(scenario, { fps: 24, count: frames })

for (const [name, feather, soft] of [
  ['hard', '0', '0'],
  ['soft', '24', '20'],
] as const) {
  const print = (figure: string, value: number) =>
    process.stdout.write(`control-map-${name} ${device.adapter.kind} ${figure} ${value.toFixed(2)}\n`)
  const cpuSince = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6
  let start = process.cpuUsage()
  let peak = 0
  const map = await parseControlMap(text(feather, soft), 'bench.yaml', '.')
  const request = { map, scenario, camera, timesUs, fps: 24, controls, width, height, openDevice: async () => device }
  const stored = await storeMap(store, await openDriveMap(request), { frames, controls, width, height }, () => {
    peak = Math.max(peak, process.memoryUsage().rss)
  })
  print('draw-and-store-cpu-s', cpuSince(process.cpuUsage(start)))
  print('stored-MB', stored.refs.reduce((sum, { size }) => sum + size, 0) / 1e6)
  start = process.cpuUsage()
  const source = openStoredMap(store, stored.refs, { frames, controls, width, height, weights: stored.weights })
  const weights = readWeights({
    extents: [frames, height, width],
    isActive: () => true,
    read: (first, count) => source.read(controls, first, count),
  })
  await weights.tokens(0, frames, [1 + Math.ceil((frames - 1) / 8), height / 16, width / 16])
  print('tokens-cpu-s', cpuSince(process.cpuUsage(start)))
  print('peak-rss-MiB', peak / 2 ** 20)
}
device.dispose()
