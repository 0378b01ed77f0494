import type { Catalog, NewAugmentation } from '@virga/catalog'

/** A scenario that admission takes; the small work never opens it. */
export async function registerScenario({ scenarios }: Catalog, tenant: string, id = 'drive'): Promise<void> {
  const camera = (name: string) => ({ name, model: 'f-theta', width: 1280, height: 704, hasVideo: true })
  const outcome = await scenarios.create({
    id,
    tenant,
    uri: 'simulation://7',
    state: 'ready',
    format: 'simulation',
    cameras: [camera('front'), camera('rear')],
    durationUs: 20_000_000,
  })
  if (outcome.outcome === 'conflict') throw new Error(`scenario ${id} is another one: ${outcome.differs.join()}`)
}

/** An augmentation of the small work, asked for directly. */
export function smallAugmentation(
  id: string,
  tenant: string,
  requestId: string,
  cameras: readonly string[],
  variants: readonly string[],
): NewAugmentation {
  const spec = { scenario: 'scenarios/drive', cameras, variants: variants.map((variantId) => ({ variantId })) }
  const input = { cameras, variants: variants.map((one) => ({ id: one })) }
  return { id, tenant, requestId, scenario: 'drive', spec, tasks: [{ key: 'inspect', stage: 'inspect', input, maxFailures: 1000 }] }
}
