import { describe, expect, it } from 'vitest'
import { checkTaskGraph } from './task-graph.ts'

const task = (key: string, ...needs: string[]) => ({ key, stage: 'render' as const, needs, input: null })

describe('task graph', () => {
  it('takes a graph in any order, and a large one in no time', () => {
    checkTaskGraph([task('publish', 'a', 'b'), task('b', 'a'), task('a')])
    checkTaskGraph([])
    const many = Array.from({ length: 50_000 }, (_, i) => task(`t${i}`, ...(i === 0 ? [] : ['t0'])))
    const started = process.cpuUsage()
    checkTaskGraph(many)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2)
  })

  it.each([
    ['a cycle', [task('a', 'b'), task('b', 'a'), task('c')], 'needs itself'],
    ['a task that needs itself', [task('a', 'a')], 'needs itself'],
    ['a need that is not there', [task('a', 'x')], 'needs x'],
    ['the same key twice', [task('a'), task('a')], 'same key'],
    ['the same need twice', [task('a'), task('b', 'a', 'a')], 'needed twice'],
    ['a key with a slash', [task('a/b')], 'no key'],
  ])('refuses %s', (_, specs, message) => {
    expect(() => checkTaskGraph(specs)).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT', message: expect.stringContaining(message) as string }),
    )
  })
})
