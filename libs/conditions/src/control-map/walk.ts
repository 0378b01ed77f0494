import type { ControlMapSpec, Mask, MaskObject, Rule } from './spec.ts'

/** A rule of a control, or of all of them, and its path in the document. */
export interface PlacedRule {
  readonly rule: Rule
  readonly keys: readonly PropertyKey[]
}

/** The rules that make a control's weights, from the bottom to the top. */
export function rulesOf(spec: ControlMapSpec, control: string): PlacedRule[] {
  const own = Object.hasOwn(spec.controls, control) ? spec.controls[control].rules : []
  return [
    ...own.map((rule, i) => ({ rule, keys: ['controls', control, 'rules', i] })),
    ...spec.finally.map((rule, i) => ({ rule, keys: ['finally', i] })),
  ]
}

/** Whether a control has no weight whatever the frame: nothing but rules that say 0. */
export function isZero(spec: ControlMapSpec, control: string): boolean {
  return !Object.hasOwn(spec.controls, control) || spec.controls[control].rules.every(({ weight }) => weight === 0)
}

/** Every mask that the spec's rules lead to, named ones once. */
function* masksOf(spec: ControlMapSpec): Generator<MaskObject> {
  const named = new Set<string>()
  function* visit(mask: Mask | undefined): Generator<MaskObject> {
    if (mask === undefined) return
    if (typeof mask === 'string') {
      if (!named.has(mask)) yield* visit(spec.masks[mask])
      named.add(mask)
      return
    }
    yield mask
    for (const part of [...(mask.any ?? []), ...(mask.all ?? [])]) yield* visit(part)
    yield* visit(mask.not)
  }
  for (const { rules } of [...Object.values(spec.controls), { rules: spec.finally }]) for (const { mask } of rules) yield* visit(mask)
}

/** What a spec must be given to be drawn. */
export interface ControlMapNeeds {
  /** Classes, tracks or distances of every frame. */
  readonly labels: boolean
  readonly ownVehicle: boolean
  /** Files and patterns as the document names them. */
  readonly files: readonly string[]
}

export function controlMapNeeds(spec: ControlMapSpec): ControlMapNeeds {
  const masks = [...masksOf(spec)]
  const rules = [...Object.values(spec.controls).flatMap(({ rules }) => rules), ...spec.finally]
  const files = [
    ...masks.flatMap(({ image, video, labelled }) => [image?.file, video?.file, labelled?.image, labelled?.labels]),
    ...rules.map(({ weight }) => (typeof weight === 'object' && 'tensor' in weight ? weight.tensor : undefined)),
  ]
  return {
    labels: masks.some((mask) => [mask.class, mask.object, mask.track, mask.distance].some((source) => source !== undefined)),
    ownVehicle: masks.some(({ ownVehicle }) => ownVehicle === true),
    files: [...new Set(files.filter((file) => file !== undefined))],
  }
}
