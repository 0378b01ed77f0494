import { readFileSync } from 'node:fs'
import { fromBinary } from '@bufbuild/protobuf'
import { anyIs } from '@bufbuild/protobuf/wkt'
import { type ErrorCode, errorCodes, isVirgaError, retryClasses, VirgaError } from '@virga/errors'
import { fuzz } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../generated/google/rpc/error_details_pb.js'
import { StatusSchema } from '../generated/google/rpc/status_pb.js'
import { codeOfStatus, grpcStatus, statusOfCode } from './grpc-status.ts'
import { errorFromStatus, richStatusOf } from './rich-status.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]
const detailsOf = (binary: Buffer) => fromBinary(StatusSchema, binary).details

describe('errors over gRPC', () => {
  it('maps every code of the closed list, and each reason comes back as it went', () => {
    expect(Object.keys(statusOfCode).sort()).toEqual([...codes].sort())
    for (const code of codes) {
      const {
        code: status,
        details,
        detailsBinary,
      } = richStatusOf(new VirgaError(code, 'pose is not finite', { file: 'poses.feather', record: 7, field: 'tx_m', expected: 'metres' }))
      expect(status).toBe(grpcStatus[statusOfCode[code]])
      const { error } = errorFromStatus(status, details, detailsBinary)
      expect(isVirgaError(error)).toBe(true)
      expect(error).toMatchObject({
        code,
        message: 'pose is not finite (file poses.feather, record 7, field tx_m); expected metres',
        place: { file: 'poses.feather', record: '7', field: 'tx_m', expected: 'metres' },
      })
    }
  })

  it('tells callers in error.proto what the table says', () => {
    const text = readFileSync(new URL('../../../../proto/virga/v1/error.proto', import.meta.url), 'utf8')
    const told = [...text.matchAll(/^\/\/ {3}(VIRGA_\w+) +([A-Z_]+) /gm)].map(([, code, status]) => [code, status])
    expect(Object.fromEntries(told)).toEqual(statusOfCode)
  })

  it('gives ErrorInfo always, BadRequest for a field at fault, RetryInfo only where trying again can help', () => {
    for (const code of codes) {
      const types = detailsOf(richStatusOf(new VirgaError(code, 'x', { field: 'cameras' })).detailsBinary)
      expect(types.some((any) => anyIs(any, ErrorInfoSchema))).toBe(true)
      const faulty = ['INVALID_ARGUMENT', 'OUT_OF_RANGE'].includes(statusOfCode[code])
      expect(types.some((any) => anyIs(any, BadRequestSchema))).toBe(faulty)
      expect(types.some((any) => anyIs(any, RetryInfoSchema))).toBe(['soon', 'later'].includes(retryClasses[code]))
    }
    const busy = richStatusOf(new VirgaError('VIRGA_UNAVAILABLE', 'the database does not answer'))
    expect(errorFromStatus(busy.code, busy.details, busy.detailsBinary).retryAfterMs).toBe(1000)
  })

  it('does not send the text of an error that was not foreseen', () => {
    const status = richStatusOf(new Error('password=hunter2'))
    expect(status.code).toBe(grpcStatus.INTERNAL)
    expect(status.detailsBinary.toString('latin1') + status.details).not.toContain('hunter2')
  })

  it('stays below the size of a trailer for a message of any length', () => {
    const long = 'x'.repeat(1_000_000)
    const { detailsBinary } = richStatusOf(new VirgaError('VIRGA_BAD_INPUT', long, { file: long, field: long, expected: long }))
    expect(detailsBinary.length).toBeLessThan(8000)
  })

  it('understands a status of others by its number', () => {
    for (const number of Object.values(grpcStatus)) expect(errorFromStatus(number, 'from a proxy').error.code).toBe(codeOfStatus(number))
    expect(errorFromStatus(grpcStatus.UNAVAILABLE, 'no route', new Uint8Array([255, 1, 2])).error.code).toBe('VIRGA_UNAVAILABLE')
  })

  it('reads whatever bytes a trailer holds', async () => {
    const good = richStatusOf(new VirgaError('VIRGA_UNAVAILABLE', 'no answer', { field: 'a' })).detailsBinary
    const report = await fuzz({
      name: 'status details',
      seedInputs: [good],
      target: (bytes) => expect(isVirgaError(errorFromStatus(14, 'x', bytes).error)).toBe(true),
    })
    expect(report.refused).toBe(0)
  })
})
