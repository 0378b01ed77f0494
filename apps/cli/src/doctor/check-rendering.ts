import type { Check } from './check.ts'

/** Draws a picture and compares every pixel: a version check would not notice a driver that draws nothing. */
export async function checkRendering(): Promise<Check[]> {
  const { probeDevice } = await import('@virga/rendering')
  const { ok, adapter, candidates, ms, problem, advice } = await probeDevice()
  const refused = candidates.flatMap(({ name, refused: reason }) => (reason === undefined ? [] : [`${name} refused: ${reason}`]))
  const used =
    adapter === undefined ? 'no adapter' : `${adapter.kind}: ${adapter.name}${adapter.driver === '' ? '' : ` (${adapter.driver})`}`
  const result = problem ?? (ms === undefined ? '' : `a picture drawn and checked in ${ms} ms`)
  return [
    {
      name: 'rendering',
      state: !ok ? 'failed' : adapter?.kind === 'swiftshader' ? 'warning' : 'ok',
      detail: [used, result, ...refused].filter((part) => part !== '').join('; '),
      ...(advice.length > 0 ? { hint: advice.join('\n') } : {}),
    },
  ]
}
