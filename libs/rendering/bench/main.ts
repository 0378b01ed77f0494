/**
 * Camera-frames per second, CPU seconds per camera-frame (all threads) and peak memory of every registered style: one view and six, drawn at
 * 1280x720 (chain direct) and resized to 1280x704 (chain resize, as the reference tool does), without and with encoding, on every software
 * adapter of this machine and on its GPU; styles that use no device once:
 *
 *   nx run rendering:bench [-- seconds per case [style]]
 *
 * The drive is the public RDS-HQ clip where VIRGA_DATA (default ../shared/data) has it, else a made-up one of its size. Closing lines:
 * `<style>/<views>/<chain>[+encode] <adapter> <figure> <value>`.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { probeDevice, styles } from '../src/index.ts'

const seconds = process.argv[2] ?? '10'
const wanted = process.argv[3]
const { candidates } = await probeDevice()
const adapters: string[] = []
for (const kind of new Set(candidates.map((candidate) => candidate.kind))) {
  if ((await probeDevice({ adapter: kind })).ok) adapters.push(kind)
}

const lines: string[] = []
for (const { name, device } of styles) {
  if (wanted !== undefined && name !== wanted) continue
  for (const adapter of device === 'unused' ? ['none'] : adapters) {
    for (const views of ['1', '6']) {
      for (const [chain, encode] of [
        ['direct', 'none'],
        ['resize', 'none'],
        ['resize', 'encode'],
      ]) {
        const program = [join(import.meta.dirname, 'case.ts'), name, views, chain, encode, seconds]
        const env = adapter === 'none' ? process.env : { ...process.env, VIRGA_ADAPTER: adapter }
        const { stdout } = await promisify(execFile)(process.execPath, program, { env })
        const figures = JSON.parse(stdout) as Record<string, number | string>
        const what = `${name}/${views}/${chain}${encode === 'none' ? '' : '+encode'} ${adapter}`
        process.stdout.write(`measured ${what}: ${stdout}`)
        for (const figure of ['frames_per_s', 'cpu_s_per_frame', 'peak_rss_mib']) {
          lines.push(`${what} ${figure} ${Number(figures[figure]).toPrecision(3)}`)
        }
      }
    }
  }
}
process.stdout.write(`\n${lines.join('\n')}\n`)
