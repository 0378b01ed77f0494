import { describe, expect, it } from 'vitest'
import { bytes, clockTime, rate, table } from './format.ts'
import { ProgressView } from './progress-view.ts'

function viewOn(isTTY: boolean) {
  let text = ''
  const clock = { at: 0, now: () => clock.at }
  const view = new ProgressView({ isTTY, columns: 100, write: (part) => (text += part) }, clock)
  const frames = (done: number, at: number) => {
    clock.at = at
    view.report({ kind: 'stage-progress', stage: 'render', done, total: 100, unit: 'frames' })
  }
  return { view, clock, frames, text: () => text }
}

describe('ProgressView', () => {
  it('redraws one line on a terminal, with rate and time left', () => {
    const { view, frames, text } = viewOn(true)
    view.report({ kind: 'stage-started', stage: 'render', total: 100, unit: 'frames' })
    frames(25, 1000)
    expect(text()).toContain('\r\x1b[Krender  ██████░░░░░░░░░░░░░░░░░░  25/100 frames  25 frames/s  0:03 left')
    expect(text()).not.toContain('\n')
  })

  it('writes plain lines into a pipe: start, one in five seconds, end', () => {
    const { view, clock, frames, text } = viewOn(false)
    view.report({ kind: 'stage-started', stage: 'render', total: 100, unit: 'frames' })
    for (let i = 1; i <= 100; i++) frames(i, i * 110)
    clock.at = 11_000
    view.report({ kind: 'stage-finished', stage: 'render', reused: false, key: 'k' })
    expect(['\r', '\x1b'].filter((control) => text().includes(control))).toEqual([])
    expect(text().split('\n')).toEqual([
      'render: started, 100 frames',
      expect.stringMatching(/^render: 46\/100 frames {2}9.09 frames\/s {2}0:06 left$/),
      expect.stringMatching(/^render: 92\/100 frames/),
      'render: done in 11.0 s, 9.09 frames/s',
      '',
    ])
  })

  it('says what was reused, and counts', () => {
    const { view, text } = viewOn(false)
    view.report({ kind: 'stage-finished', stage: 'render', reused: true, key: 'k' })
    expect(text()).toBe('render: reused\n')
    expect([view.made, view.reused]).toEqual([0, 1])
  })
})

describe('format', () => {
  it('writes times, rates, sizes and tables', () => {
    expect([clockTime(7.4), clockTime(754), clockTime(3723)]).toEqual(['0:07', '12:34', '1:02:03'])
    expect([rate(31.234), rate(0.4567), rate(1240.4), rate(Number.NaN)]).toEqual(['31.2', '0.457', '1240', '-'])
    expect([bytes(512), bytes(3400), bytes(12_000_000)]).toEqual(['512 B', '3.4 kB', '12.0 MB'])
    expect(
      table([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toBe('  a    bb\n  ccc  d')
  })
})
