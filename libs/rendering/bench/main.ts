/**
 * Camera-frames per second, CPU seconds per frame (all threads) and peak memory of both styles at 1280x704, on every software adapter that
 * this machine has and on its GPU, without and with encoding:
 *
 *   nx run rendering:bench [-- seconds per case]
 *
 * The scene is made up, of the size of a real drive (see scenario.ts). Closing lines: `<case> <adapter> <figure> <value>`.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { probeDevice } from '../src/index.ts'

const seconds = process.argv[2] ?? '20'
const { candidates } = await probeDevice()
const lines: string[] = []
for (const adapter of new Set(candidates.map(({ kind }) => kind))) {
  if (!(await probeDevice({ adapter })).ok) continue
  for (const style of ['hdmap-v1', 'lidar-v1']) {
    for (const encode of ['none', 'encode']) {
      const name = encode === 'none' ? style : `${style}+encode`
      const program = [join(import.meta.dirname, 'case.ts'), style, encode, seconds]
      const env = { ...process.env, VIRGA_ADAPTER: adapter }
      const { stdout } = await promisify(execFile)(process.execPath, program, { env })
      const figures = JSON.parse(stdout) as Record<string, number>
      for (const figure of ['frames_per_s', 'cpu_s_per_frame', 'peak_rss_mib']) {
        const line = `${name} ${adapter} ${figure} ${figures[figure].toPrecision(3)}`
        process.stdout.write(`measured ${line}\n`)
        lines.push(line)
      }
    }
  }
}
process.stdout.write(`\n${lines.join('\n')}\n`)
