import { describe, expect, it } from 'vitest'
import { bySpeed, describeAdapter, kindOf } from './adapter.ts'
import { chooseAdapter, forcedAdapter } from './choose-adapter.ts'

describe('adapters', () => {
  it('tells the kinds apart by the names that drivers give themselves', () => {
    expect(kindOf('SwiftShader Device (Subzero)')).toBe('swiftshader')
    expect(kindOf('llvmpipe (LLVM 15.0.6, 256 bits)')).toBe('lavapipe')
    expect(kindOf('NVIDIA H200')).toBe('hardware')
  })

  it('refuses a lavapipe older than Mesa 24 and one that does not say its version', () => {
    expect(describeAdapter('llvmpipe', 'llvmpipe: Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6) 0.0.1').refused).toBeUndefined()
    expect(describeAdapter('llvmpipe', 'llvmpipe: Mesa 22.3.6 (LLVM 15.0.6)').refused).toContain('Mesa 24')
    expect(describeAdapter('llvmpipe', '').refused).toContain('Mesa 24')
  })

  it('puts hardware before lavapipe before SwiftShader', () => {
    const kinds = ['swiftshader', 'hardware', 'lavapipe', 'swiftshader'] as const
    expect([...kinds].sort(bySpeed)).toEqual(['hardware', 'lavapipe', 'swiftshader', 'swiftshader'])
  })

  it('says which values VIRGA_ADAPTER takes', () => {
    expect(forcedAdapter('lavapipe')).toBe('lavapipe')
    expect(forcedAdapter('')).toBeUndefined()
    expect(() => forcedAdapter('gpu')).toThrow(/VIRGA_ADAPTER is "gpu".*hardware, lavapipe or swiftshader/)
  })

  it('lists what there is when the kind asked for is not', async () => {
    const { candidates } = await chooseAdapter(undefined)
    expect(candidates.length).toBeGreaterThan(0)
    if (candidates.some(({ kind }) => kind === 'hardware')) return
    await expect(chooseAdapter('hardware')).rejects.toThrow(/no usable hardware adapter; seen: .*(swiftshader|lavapipe)/)
  })
})
