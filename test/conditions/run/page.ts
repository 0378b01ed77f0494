import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { encodePng } from '@virga/video'
import { styles } from '../corpus/scene.ts'
import { amplifiedDifference, levels } from './compare.ts'
import { limits } from './limits.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { Outcome } from './run-cases.ts'
import { modelOf } from './table.ts'

/**
 * Writes one self-contained page with every case: reference, ours, amplified difference and the figures.
 *
 * @returns the file's path
 */
export async function writePage(folder: string, outcomes: readonly Outcome[], adapter: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const articles = await Promise.all(outcomes.map(article))
  const file = join(folder, 'index.html')
  const models = [...new Set(outcomes.map(({ one }) => modelOf(one)))]
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conformance of the condition renderer</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Conformance of the condition renderer</h1>
<p>Each picture is drawn twice: by the reference, a slow float64 program written from the styles' description alone, and by <code>@virga/rendering</code> on ${escape(adapter)}. A pixel counts as another one when a channel is off by more than ${levels} levels of 255. The difference is shown eight times as strong. Press and hold our picture to see the reference in its place.</p>
${totals(outcomes)}
<div class="bar">
${choice('order', [
  ['difference', 'most pixels off'],
  ['mean', 'largest mean'],
  ['corpus', 'corpus'],
])}
${choice('style', [['', 'every style'], ...styles.map((name) => [name, name] as const)])}
${choice('model', [['', 'every camera'], ...models.map((name) => [name, name] as const)])}
<output id="count"></output>
</div>
</header>
<main>
${articles.join('\n')}
</main>
<script>${pageScript}</script>
</body>
</html>
`
  await writeFile(`${file}.part`, html)
  await rename(`${file}.part`, file)
  return file
}

function totals(outcomes: readonly Outcome[]): string {
  const rows = styles.flatMap((style) => {
    const own = outcomes.filter(({ one }) => one.style === style)
    if (own.length === 0) return []
    const exact = own.filter(({ difference }) => difference?.anyLevel === 0).length
    const off = own.filter(({ passed }) => !passed).length
    const pixels = own.reduce((sum, { difference }) => sum + (difference?.pixels ?? 0), 0)
    const worst = Math.max(...own.map(({ difference }) => difference?.share ?? 1))
    const verdict = off === 0 ? '<span class="ok">all within</span>' : `<span class="off">${off} off</span>`
    const cells = [style, own.length, exact, pixels, percent(worst), `${percent(limits[style].share)}, mean ${limits[style].mean}`, verdict]
    return [`<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`]
  })
  const names = ['style', 'pictures', 'equal in every pixel', 'pixels off in all', 'worst share', 'limit', 'verdict']
  return `<table class="totals"><thead><tr>${names.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

async function article({ one, reference, rendered, difference, error, passed }: Outcome, index: number): Promise<string> {
  const { scene, shot, style, id } = one
  const facts: [string, string][] = difference
    ? [
        [
          'off by more than 16',
          `${difference.pixels} pixels, ${percent(difference.share)}, ${percent(difference.pixels / Math.max(difference.lit, 1))} of the lit ones`,
        ],
        ['not explained by a shift of one pixel', `${difference.strange}`],
        ['off at all', `${difference.anyLevel}`],
        ['mean', `${difference.mean.toFixed(3)} levels`],
        ['largest', `${difference.largest}`],
      ]
    : []
  const pictures = await Promise.all([
    figure('reference', 'reference', reference),
    rendered && figure('ours', 'ours', rendered),
    rendered && figure('difference', 'difference x 8', amplifiedDifference(reference, rendered)),
  ])
  const data = { index, style, model: modelOf(one), pixels: difference?.pixels ?? 1e9, mean: difference?.mean ?? 1e9 }
  return `<article id="${id}" ${Object.entries(data)
    .map(([key, value]) => `data-${key}="${value}"`)
    .join(' ')}>
<h2>${scene.name}, frame ${shot.frame}, ${style}</h2>
<p class="what">${escape(scene.shows)}. ${modelOf(one)}, ${shot.camera}, ${shot.width} x ${shot.height}${shot.chain === 'resize' ? ', resized' : ''}</p>
<dl class="facts"><div><dt>verdict</dt><dd class="${passed ? 'ok' : 'off'}">${passed ? 'within' : 'off'}</dd></div>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
${error === undefined ? '' : `<p class="error">${escape(error)}</p>`}<div class="pictures">${pictures.filter((part) => part !== undefined).join('')}</div>
</article>`
}

async function figure(kind: string, caption: string, image: RgbImage): Promise<string> {
  const data = Buffer.from(await encodePng(image)).toString('base64')
  return `<figure class="${kind}"><img alt="${caption}" width="${image.width}" height="${image.height}" loading="lazy" src="data:image/png;base64,${data}"><figcaption>${caption}</figcaption></figure>`
}

/** A row of buttons of which one is pressed. */
const choice = (id: string, options: readonly (readonly [string, string])[]): string =>
  `<div class="choice" id="${id}" role="group" aria-label="${id}">${options
    .map(([value, text], i) => `<button type="button" data-value="${value}" aria-pressed="${i === 0}">${text}</button>`)
    .join('')}</div>`

const percent = (share: number): string => `${(100 * share).toFixed(3)} %`

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
