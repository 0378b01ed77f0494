import type { Case } from '../corpus/corpus.ts'
import type { Outcome } from './run-cases.ts'

export const modelOf = ({ shot, scene }: Case): string =>
  shot.model ?? scene.drive.rig.cameras.find(({ name }) => name === shot.camera)?.model.kind ?? ''

const columns = ['case', 'style', 'camera model', 'pixels > 16', 'strange', 'share %', 'of lit %', 'any level', 'mean', 'verdict'] as const
const widths = [38, 22, 16, 12, 8, 8, 9, 10, 8, 8]

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' ')

export const tableHead = line(columns)

/** One case as a line of the table. */
export function tableLine({ one, difference, error, drifted, passed }: Outcome): string {
  const name = one.id.slice(0, -one.style.length - 1)
  const verdict = passed ? 'ok' : 'OFF'
  if (difference === undefined) return `${line([name, one.style, modelOf(one)])} ${verdict}: ${error ?? ''}`
  const { pixels, strange, share, lit, anyLevel, mean } = difference
  const figures = [
    String(pixels),
    String(strange),
    (100 * share).toFixed(3),
    ((100 * pixels) / Math.max(lit, 1)).toFixed(2),
    String(anyLevel),
    mean.toFixed(3),
    verdict,
  ]
  const drift = (drifted ?? 0) > 0 ? `  reference differs from its committed picture in ${drifted} pixels` : ''
  return line([name, one.style, modelOf(one), ...figures]) + drift
}

/** Totals per style. */
export function summary(outcomes: readonly Outcome[]): string[] {
  const names = [...new Set(outcomes.map(({ one }) => one.style))]
  return names.map((style) => {
    const own = outcomes.filter(({ one }) => one.style === style)
    const worst = Math.max(...own.map(({ difference }) => difference?.share ?? 1))
    const exact = own.filter(({ difference }) => difference?.anyLevel === 0).length
    const off = own.filter(({ passed }) => !passed).length
    return `${style}: ${own.length} cases, ${exact} equal in every pixel, worst share ${(100 * worst).toFixed(3)} %, ${off} off`
  })
}
