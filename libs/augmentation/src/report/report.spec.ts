import { Script } from 'node:vm'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { contactSheet } from './contact-sheet.ts'
import { reportPage } from './report-page.ts'
import { textWidth, wrap } from './text.ts'

const style = { size: 16, weight: 600, colour: '#fff' } as const
const picture = (value: number) => ({ width: 64, height: 36, data: new Uint8Array(64 * 36 * 3).fill(value) })
const sheet = () =>
  contactSheet({
    heading: 'drive · front',
    note: 'a note',
    columns: ['0.00 s', '1.00 s'],
    rows: [
      { title: 'source', subtitle: 'as read', images: [picture(200), picture(100)] },
      { title: 'rain / night', subtitle: 'variant', images: [picture(40), picture(20)] },
    ],
  })

describe('text', () => {
  it('measures and wraps at spaces, slashes and hyphens', () => {
    expect(textWidth('rain', style)).toBeGreaterThan(20)
    expect(textWidth('rain / night', style)).toBeGreaterThan(textWidth('rain', style))
    expect(wrap('overcast / golden-hour', 120, style)).toEqual(['overcast /', 'golden-hour'])
    expect(wrap('fog', 120, style)).toEqual(['fog'])
  })
})

describe('contactSheet', () => {
  it('puts each picture into its cell, with labels beside them, and is the same every time', async () => {
    const png = await sheet()
    expect(Buffer.from(await sheet()).equals(Buffer.from(png))).toBe(true)
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels]
    const cells = [
      [352, 182, 200],
      [680, 182, 100],
      [352, 370, 40],
      [680, 370, 20],
    ] as const
    for (const [x, y, value] of cells) expect(at(x, y)).toBe(value)
    const label = data.subarray(0, 92 * info.width * info.channels)
    expect(label.some((value) => value > 200)).toBe(true)
  })
})

describe('reportPage', () => {
  const page = reportPage({
    title: 'Variants of <drive>',
    statements: ['Videos marked AI-generated are not recordings.'],
    summary: [['Licence', 'CC & co']],
    fps: 24,
    frames: 9,
    factColumns: ['Variant', 'Prompt'],
    sections: [
      {
        title: 'Camera front',
        panels: [
          { title: 'source', subtitle: 'as read', kind: 'source', width: 64, height: 36, video: new Uint8Array([1, 2, 3]) },
          { title: 'rain / night', subtitle: 'variant', kind: 'variant', width: 64, height: 36, video: new Uint8Array([4]) },
        ],
        facts: [['rain / night', '"a" <script>']],
      },
    ],
  })

  it('holds everything itself: no link, no script or style from elsewhere', () => {
    expect(page).toContain('src="data:video/mp4;base64,AQID"')
    expect(page.match(/(?:src|href)="(?!data:)/g)).toBeNull()
    expect(page).not.toMatch(/https?:/)
  })

  it('escapes what comes from logs and prompts', () => {
    expect(page).toContain('Variants of &lt;drive&gt;')
    expect(page).toContain('CC &amp; co')
    expect(page).toContain('&quot;a&quot; &lt;script&gt;')
  })

  it('marks the variants, and only these, as AI-generated', () => {
    expect(page.match(/class="mark"/g)).toHaveLength(1)
    expect(page).toMatch(/rain \/ night<\/strong><b class="mark">AI-generated/)
  })

  it('has a script that parses', () => {
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''
    expect(script).toContain('const fps = 24, frames = 9')
    // Compiled, not run: a syntax error would throw.
    expect(() => new Script(script)).not.toThrow()
  })
})
