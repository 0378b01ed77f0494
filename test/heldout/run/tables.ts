import { addConfusions, classIou, type Confusion, f1, type MaskMatch, meanIou } from '@virga/metrics'
import { lookName, looks } from '@virga/simulation'
import type { AblationRow } from './ablation.ts'
import { mean } from './figures.ts'
import type { JudgesReport } from './judges.ts'
import { type Kind, kinds, type MainRow } from './main-part.ts'
import { isSource } from './plan.ts'

const names: Record<Kind, string> = {
  truth: "the simulator's own video",
  ceiling: "tokenizer's reconstruction of it (ceiling)",
  source: 'camera video unchanged',
  'video-start': 'camera video: start (0 steps)',
  video: '**camera video: as published**',
  'map-start': 'map + LiDAR: start (0 steps)',
  map: '**map + LiDAR: as published**',
}

/** Figures of a kind over its rows. */
export interface MainFigures {
  readonly psnr: number
  readonly ssim: number
  readonly flicker: number
  readonly jump: number
  /** Shares of videos whose asked look, weather and light the judge names. */
  readonly look: number
  readonly weather: number
  readonly light: number
  /** Over that of the truth's own video. */
  readonly laneShare: number
  readonly vehicleShare: number
  readonly miou: number
  readonly siRmse: number
  readonly videos: number
}

/** Likeness is averaged without the source's own look, which camera video has already; recognition and geometry over all looks. */
export function mainFigures(rows: readonly MainRow[], { classes }: JudgesReport): Partial<Record<Kind, MainFigures>> {
  const of = (kind: Kind) => rows.filter((row) => row.kind === kind)
  const confusionOf = (some: readonly MainRow[]) => addConfusions(some.map(({ seen }) => seen.confusion))
  // The truth of the same videos.
  const truthOf = (some: readonly MainRow[]) =>
    of('truth').filter((row) => some.some(({ seed, look }) => seed === row.seed && look === row.look))
  const share = (kind: Kind, name: string) =>
    classIou(confusionOf(of(kind)), classes.indexOf(name)) / classIou(confusionOf(truthOf(of(kind))), classes.indexOf(name))
  const figures = (kind: Kind): MainFigures => {
    const changed = of(kind).filter(({ look }) => look !== sourceName)
    const named = (test: (row: MainRow) => boolean) => mean(of(kind).map((row) => (test(row) ? 1 : 0)))
    const asked = (row: MainRow) => looks.find((look) => lookName(look) === row.look)
    const of_ = (key: 'psnr' | 'ssim' | 'flicker' | 'jump') => mean(changed.map(({ likeness }) => likeness[key]))
    return {
      ...{ psnr: of_('psnr'), ssim: of_('ssim'), flicker: of_('flicker'), jump: of_('jump') },
      look: named((row) => lookName({ weather: row.seen.look.weather, lighting: row.seen.look.lighting } as never) === row.look),
      weather: named((row) => row.seen.look.weather === asked(row)?.weather),
      light: named((row) => row.seen.look.lighting === asked(row)?.lighting),
      laneShare: share(kind, 'lane-line'),
      vehicleShare: share(kind, 'vehicle'),
      miou: meanIou(confusionOf(of(kind))),
      siRmse: mean(of(kind).map(({ seen }) => seen.siRmse)),
      videos: of(kind).length,
    }
  }
  return Object.fromEntries(kinds.filter((kind) => of(kind).length > 0).map((kind) => [kind, figures(kind)]))
}

const sourceName = looks.filter(isSource).map(lookName)[0]
const fixed = (value: number, digits: number) => (Number.isNaN(value) ? '-' : value.toFixed(digits))
const percent = (value: number) => (Number.isNaN(value) ? '-' : `${(100 * value).toFixed(0)} %`)
export const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** The start beside what is published, on the drives of which both were measured: what the network adds. */
export function networkTable(rows: readonly MainRow[], report: JudgesReport): string {
  const seeds = new Set(rows.filter(({ kind }) => kind === 'video-start').map(({ seed }) => seed))
  if (seeds.size === 0) return ''
  return mainTable(
    rows.filter(({ seed }) => seeds.has(seed)),
    report,
    ['video-start', 'video', 'map-start', 'map'],
  )
}

export function mainTable(
  rows: readonly MainRow[],
  report: JudgesReport,
  shown: readonly Kind[] = ['truth', 'ceiling', 'source', 'video', 'map'],
): string {
  const figures = mainFigures(rows, report)
  const head = [
    '',
    'PSNR',
    'SSIM',
    'look',
    'weather',
    'light',
    'flicker',
    'latent jump',
    'lane IoU',
    'vehicle IoU',
    'mIoU',
    'depth si-RMSE',
  ]
  const lines = shown.flatMap((kind) => {
    const one = figures[kind]
    if (one === undefined) return []
    const isTruth = kind === 'truth'
    const like = isTruth ? ['-', '-'] : [fixed(one.psnr, 2), fixed(one.ssim, 3)]
    const moving = isTruth ? ['1', '1'] : [fixed(one.flicker, 2), fixed(one.jump, 2)]
    return [
      [
        names[kind],
        ...like,
        percent(one.look),
        percent(one.weather),
        percent(one.light),
        ...moving,
        percent(one.laneShare),
        percent(one.vehicleShare),
        fixed(one.miou, 3),
        fixed(one.siRmse, 3),
      ],
    ]
  })
  return table(head, lines)
}

/** PSNR / SSIM per look, and how many of its variants are recognised. */
export function lookTable(rows: readonly MainRow[]): string {
  const cell = (look: string, kind: Kind) => {
    const found = rows.filter((row) => row.look === look && row.kind === kind)
    return found.length === 0
      ? '-'
      : `${fixed(mean(found.map(({ likeness }) => likeness.psnr)), 1)} / ${fixed(mean(found.map(({ likeness }) => likeness.ssim)), 2)}`
  }
  const recognised = (look: string, kind: Kind) => {
    const found = rows.filter((row) => row.look === look && row.kind === kind)
    const right = found.filter(({ seen }) => `${seen.look.weather}-${seen.look.lighting}` === look)
    const wrong = [...new Set(found.filter((row) => !right.includes(row)).map(({ seen }) => `${seen.look.weather}-${seen.look.lighting}`))]
    return `${right.length} of ${found.length}${wrong.length === 0 ? '' : ` (else ${wrong.join(', ')})`}`
  }
  const shown: Kind[] = ['source', 'video', 'map', 'ceiling']
  const head = ['look', 'source', 'camera video', 'map + LiDAR', 'ceiling', 'recognised: truth', 'camera video', 'map + LiDAR']
  const present = looks.map(lookName).filter((look) => rows.some((row) => row.look === look))
  return table(
    head,
    present.map((look) => [
      look,
      ...shown.map((kind) => cell(look, kind)),
      ...(['truth', 'video', 'map'] as const).map((kind) => recognised(look, kind)),
    ]),
  )
}

/** The figures that the bundle is made for, and whether they are met. */
export function aimsTable(figures: Partial<Record<Kind, MainFigures>>): string {
  const { video, map, ceiling } = figures
  if (video === undefined || map === undefined || ceiling === undefined) return ''
  const line = (what: string, aim: string, measured: string, met: boolean) => [what, aim, measured, met ? 'yes' : '**no**']
  const below = ceiling.psnr - video.psnr
  const atMost = (value: number) => value <= 1.5
  return table(
    ['', 'aim', 'measured', 'met'],
    [
      line('PSNR below the ceiling, camera video', 'at most 3 dB', `${fixed(below, 2)} dB`, below <= 3),
      line('PSNR below the ceiling, map + LiDAR', 'reported', `${fixed(ceiling.psnr - map.psnr, 2)} dB`, true),
      line('look recognised, camera video', '90 %', percent(video.look), video.look >= 0.9),
      line('look recognised, map + LiDAR', '90 %', percent(map.look), map.look >= 0.9),
      line(
        'flicker of the truth, camera video / map + LiDAR',
        'at most 1.5',
        `${fixed(video.flicker, 2)} / ${fixed(map.flicker, 2)}`,
        atMost(video.flicker) && atMost(map.flicker),
      ),
      line(
        'latent-edge jump of the truth, camera video / map + LiDAR',
        'at most 1.5',
        `${fixed(video.jump, 2)} / ${fixed(map.jump, 2)}`,
        atMost(video.jump) && atMost(map.jump),
      ),
      line('lane IoU of the truth, camera video', '90 %', percent(video.laneShare), video.laneShare >= 0.9),
      line('vehicle IoU of the truth, camera video', '90 %', percent(video.vehicleShare), video.vehicleShare >= 0.9),
      line('lane IoU of the truth, map + LiDAR', '80 %', percent(map.laneShare), map.laneShare >= 0.8),
      line('vehicle IoU of the truth, map + LiDAR', '70 %', percent(map.vehicleShare), map.vehicleShare >= 0.7),
    ],
  )
}

/** The paper's figures of one configuration in one region. */
export interface AblationFigures {
  readonly blurSsim: number
  readonly edgeF1: number
  readonly siRmse: number
  readonly lidarSiRmse: number
  readonly miou: number
  readonly laneShare: number
  readonly vehicleShare: number
  readonly start: string
}

export function ablationFigures(
  rows: readonly AblationRow[],
  configuration: string,
  region: AblationRow['region'],
  { classes }: JudgesReport,
): AblationFigures {
  const of = (name: string) => rows.filter((row) => row.configuration === name && row.region === region)
  const found = of(configuration)
  // The truth of the same drives: a configuration that failed somewhere is compared on what it has.
  const truth = of('truth').filter(({ seed }) => found.some((row) => row.seed === seed))
  const confusion = (some: readonly AblationRow[]): Confusion => addConfusions(some.map((row) => row.confusion))
  const edges = found.reduce<MaskMatch>(
    (sum, { edge }) => ({ both: sum.both + edge.both, predicted: sum.predicted + edge.predicted, truth: sum.truth + edge.truth }),
    { both: 0, predicted: 0, truth: 0 },
  )
  const share = (name: string) => classIou(confusion(found), classes.indexOf(name)) / classIou(confusion(truth), classes.indexOf(name))
  return {
    blurSsim: mean(found.map((row) => row.blurSsim)),
    edgeF1: f1(edges),
    siRmse: mean(found.map((row) => row.siRmse)),
    // JSON has no NaN.
    lidarSiRmse: mean(found.map((row) => row.lidarSiRmse ?? NaN)),
    miou: meanIou(confusion(found)),
    laneShare: share('lane-line'),
    vehicleShare: share('vehicle'),
    start: [...new Set(found.map(({ start }) => start))].join(', '),
  }
}

const columns = [
  ['blurSsim', 'blur SSIM', 1, 3],
  ['edgeF1', 'edge F1', 1, 3],
  ['siRmse', 'depth si-RMSE', -1, 3],
  ['lidarSiRmse', 'si-RMSE at LiDAR points', -1, 3],
  ['miou', 'mIoU', 1, 3],
  ['laneShare', 'lane IoU', 1, 2],
  ['vehicleShare', 'vehicle IoU', 1, 2],
] as const
type Column = (typeof columns)[number][0]

const nameOf = ({ configuration }: AblationRow) => configuration
const configurationsOf = (rows: readonly AblationRow[]) => [...new Set(rows.map(nameOf))].filter((name) => name !== 'truth')
const isSplit = (name: string) => name.startsWith('foreground')
const isPublished = (name: string) => name.endsWith('as published')

export function ablationTable(rows: readonly AblationRow[], report: JudgesReport): string {
  const shown = ['truth', ...configurationsOf(rows).filter((name) => !isSplit(name))]
  const figures = new Map(shown.map((name) => [name, ablationFigures(rows, name, 'all', report)]))
  const ranks = meanRanks(new Map([...figures].filter(([name]) => name !== 'truth' && !isPublished(name))))
  return table(
    ['configuration', 'start', ...columns.map(([, title]) => title), 'mean rank'],
    [...figures].map(([name, one]) => [
      name === 'truth' ? "truth's own video" : name,
      one.start,
      ...columns.map(([column, , , digits]) => fixed(one[column], digits)),
      fixed(ranks.get(name) ?? NaN, 1),
    ]),
  )
}

/** Mean place among the configurations over all figures that there are, 1 = best. */
function meanRanks(figures: ReadonlyMap<string, AblationFigures>): Map<string, number> {
  const place = (name: string, [column, , sign]: (typeof columns)[number]) => {
    const own = figures.get(name)?.[column] ?? NaN
    return Number.isNaN(own) ? NaN : 1 + [...figures.values()].filter((other) => sign * other[column] > sign * own).length
  }
  return new Map([...figures.keys()].map((name) => [name, mean(columns.map((column) => place(name, column)))]))
}

/** Foreground / background per figure, for the configurations that have regions, and for all controls evenly. */
export function regionTable(rows: readonly AblationRow[], report: JudgesReport): string {
  const shown = ['truth', 'all', ...configurationsOf(rows).filter(isSplit)].filter((name) =>
    rows.some((row) => row.configuration === name && row.region === 'foreground'),
  )
  const some = columns.filter(([column]) => ['blurSsim', 'edgeF1', 'siRmse', 'miou'].includes(column))
  return table(
    ['configuration', ...some.map(([, title]) => `${title} fg / bg`)],
    shown.map((name) => {
      const [fg, bg] = (['foreground', 'background'] as const).map((region) => ablationFigures(rows, name, region, report))
      return [
        name === 'truth' ? "truth's own video" : name,
        ...some.map(([column, , , digits]) => `${fixed(fg[column], digits)} / ${fixed(bg[column], digits)}`),
      ]
    }),
  )
}

/** The figure that each control should win among the controls alone. */
const own: readonly (readonly [control: string, column: Column])[] = [
  ['vis', 'blurSsim'],
  ['edge', 'edgeF1'],
  ['depth', 'siRmse'],
  ['seg', 'miou'],
  ['hdmap', 'laneShare'],
  ['lidar', 'lidarSiRmse'],
]

/** Sentences: which control wins its own figure among the single ones, and whether the even mix of all is the best overall. */
export function winners(rows: readonly AblationRow[], report: JudgesReport): string[] {
  const all = configurationsOf(rows).filter((name) => !isSplit(name) && !isPublished(name))
  const singles = all.filter((name) => own.some(([control]) => control === name))
  const figures = new Map(all.map((name) => [name, ablationFigures(rows, name, 'all', report)]))
  const sentences = own.flatMap(([control, key]) => {
    const column = columns.find(([name]) => name === key)
    if (column === undefined || !singles.includes(control)) return []
    const [, title, sign, digits] = column
    const value = (name: string) => figures.get(name)?.[key] ?? NaN
    const known = singles.filter((name) => !Number.isNaN(value(name)))
    if (known.length === 0) return []
    const best = known.reduce((a, b) => (sign * value(b) > sign * value(a) ? b : a))
    return [
      best === control
        ? `* ${title}: ${control} wins its own figure (${fixed(value(control), digits)}).`
        : `* ${title}: **${control} does not win its own figure** (${fixed(value(control), digits)}; ${best} ${fixed(value(best), digits)}).`,
    ]
  })
  const ranks = [...meanRanks(figures)].sort((a, b) => a[1] - b[1])
  const place = ranks.findIndex(([name]) => name === 'all')
  const [[best]] = ranks
  sentences.push(
    best === 'all'
      ? '* Overall (mean rank): the even mix of all controls is the best.'
      : `* Overall (mean rank): **the even mix of all is not the best** but number ${place + 1} of ${ranks.length}; ${best} is.`,
  )
  return sentences
}
