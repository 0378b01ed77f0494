import { reportScript } from './report-script.ts'
import { reportStyle } from './report-style.ts'

export interface ReportPanel {
  readonly title: string
  readonly subtitle: string
  readonly kind: 'source' | 'condition' | 'variant'
  readonly width: number
  readonly height: number
  /** The mp4's bytes; they are embedded, so that the page is one file. */
  readonly video: Uint8Array
}

export interface ReportSection {
  /** Camera. */
  readonly title: string
  readonly panels: readonly ReportPanel[]
  /** One row per variant, under `factColumns`. */
  readonly facts: readonly (readonly string[])[]
}

export interface ReportContent {
  readonly title: string
  /** What a reader must know before looking: what is generated, what may be relied on, what not. */
  readonly statements: readonly string[]
  readonly summary: readonly (readonly [string, string])[]
  readonly fps: number
  readonly frames: number
  readonly factColumns: readonly string[]
  readonly sections: readonly ReportSection[]
}

/** One self-contained page: source, conditions and variants side by side, played by one clock, and the manifests' facts. */
export function reportPage(content: ReportContent): string {
  const { title, statements, summary, fps, frames } = content
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="digital-source-type" content="contains AI-generated video">
<title>${escape(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<header>
<h1>${escape(title)}</h1>
<ul class="statements">${statements.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>
<dl>${summary.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>
</header>
<div class="clock" role="group" aria-label="Playback of all videos">
<button id="play" type="button" aria-label="Play or pause">Pause</button>
<button id="back" type="button" aria-label="One frame back">&#8249;</button>
<button id="forth" type="button" aria-label="One frame on">&#8250;</button>
<input id="scrub" type="range" min="0" max="${frames - 1}" value="0" step="1" aria-label="Frame">
<output id="time">0.00 s</output>
<label>speed <select id="speed"><option value="0.25">1/4</option><option value="0.5">1/2</option><option value="1" selected>1</option></select></label>
<label>size <input id="zoom" type="range" min="220" max="960" value="430" step="10" aria-label="Width of each picture"></label>
</div>
<main>
${content.sections.map((section) => sectionHtml(section, content.factColumns)).join('\n')}
</main>
<script>${reportScript({ fps, frames })}</script>
</body>
</html>
`
}

function sectionHtml(section: ReportSection, columns: readonly string[]): string {
  return `<section>
<h2>${escape(section.title)}</h2>
<div class="grid">
${section.panels.map(panelHtml).join('\n')}
</div>
<div class="scroll"><table>
<thead><tr>${columns.map((name) => `<th scope="col">${escape(name)}</th>`).join('')}</tr></thead>
<tbody>
${section.facts.map((row) => `<tr>${row.map((cell, i) => (i === 0 ? `<th scope="row">${escape(cell)}</th>` : `<td>${escape(cell)}</td>`)).join('')}</tr>`).join('\n')}
</tbody></table></div>
</section>`
}

function panelHtml({ title, subtitle, kind, width, height, video }: ReportPanel): string {
  const data = Buffer.from(video.buffer, video.byteOffset, video.byteLength).toString('base64')
  const mark = kind === 'variant' ? '<b class="mark">AI-generated</b>' : ''
  return `<figure class="${kind}"><video muted playsinline preload="auto" width="${width}" height="${height}" src="data:video/mp4;base64,${data}"></video><figcaption><strong>${escape(title)}</strong>${mark}<span>${escape(subtitle)}</span></figcaption></figure>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
