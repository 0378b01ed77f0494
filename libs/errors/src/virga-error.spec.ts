import { describe, expect, it } from 'vitest'
import { exitCodeOf, VirgaError } from './index.ts'

describe('VirgaError', () => {
  it('names file, record, field and what was expected', () => {
    const error = new VirgaError('VIRGA_BAD_INPUT', 'pose is not finite', {
      file: 'poses.feather',
      record: 7,
      field: 'tx_m',
      expected: 'a finite number of metres',
    })
    expect(error.message).toBe('pose is not finite (file poses.feather, record 7, field tx_m); expected a finite number of metres')
    expect(exitCodeOf(error)).toBe(3)
  })

  it('gives exit code 5 to anything unforeseen', () => {
    expect(exitCodeOf(new Error('x'))).toBe(5)
    expect(exitCodeOf('text')).toBe(5)
  })
})
