import { expect, it } from 'vitest'
import { chooseAdapter } from './choose-adapter.ts'
import { probeDevice } from './probe.ts'

it('draws and checks a picture on the adapter that is chosen', async () => {
  const probe = await probeDevice()
  expect(probe.problem).toBeUndefined()
  expect(probe.ok).toBe(true)
  expect(probe.adapter?.driver).not.toBe('')
})

it('explains what is missing instead of throwing, and how to get it', async () => {
  const { candidates } = await chooseAdapter()
  const missing = (['hardware', 'lavapipe', 'swiftshader'] as const).find((kind) => candidates.every((one) => one.kind !== kind))
  if (missing === undefined) return
  const probe = await probeDevice({ adapter: missing })
  expect(probe.ok).toBe(false)
  expect(probe.problem).toContain(`no usable ${missing} adapter`)
  expect(probe.advice.join('\n')).toContain('bookworm-backports')
})
