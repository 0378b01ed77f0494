import { VirgaError } from '@virga/errors'
import { blendRule } from './blend.ts'
import { type CompiledMask, MaskCompiler, type MaskFrame } from './compile-mask.ts'
import { documentPath } from './document-error.ts'
import { nearNames } from './near-names.ts'
import { scheduleAt } from './schedule.ts'
import type { ControlMapScene, PixelLabels, WeightPlanes } from './scene.ts'
import type { Blend, ControlMapSpec, Weight } from './spec.ts'
import { controlMapNeeds, isZero, rulesOf } from './walk.ts'

/**
 * The weights of every frame: one plane per control in use, [height * width], at least 0, not divided by their sum yet. Planes are new
 * for each frame. Can be iterated once.
 */
export interface ControlMapStream extends AsyncIterable<Float32Array[]> {
  /** What the reader of the map should know: controls that it leaves out; after the last frame also masks that never covered a pixel. */
  notes(): string[]
}

/**
 * Draws a control map frame by frame; memory does not grow with the number of frames. Masks are kept in steps of 1/255, weights in single
 * precision, so constants and whole masks are exact.
 *
 * A control in use that the map does not name has weight 0; a control that the map names and that is not in use is an error unless its
 * weight is 0.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the document, the path in it and what was expected; while iterating also for files that cannot be
 *   read, and label frames that are missing or of another size
 */
export async function openControlMap(spec: ControlMapSpec, scene: ControlMapScene): Promise<ControlMapStream> {
  expectControls(spec, scene)
  const compiler = new MaskCompiler(spec, scene)
  try {
    const controls = await Promise.all(scene.controls.map((control) => compileControl(spec, scene, compiler, control)))
    return {
      [Symbol.asyncIterator]: () => draw(spec, scene, compiler, controls),
      notes: () => [
        ...scene.controls
          .filter((control) => !Object.hasOwn(spec.controls, control) && spec.finally.every(({ weight }) => weight === 0))
          .map((control) => `control ${control} is not in the map: weight 0`),
        ...compiler.empty.map((path) => `mask ${path} covers no pixel of any frame`),
      ],
    }
  } catch (error) {
    await compiler.close()
    throw error
  }
}

interface CompiledRule {
  readonly weight: number | ((frame: number) => number) | WeightPlanes
  readonly mask?: CompiledMask
  readonly blend: Blend
}

async function compileControl(
  spec: ControlMapSpec,
  scene: ControlMapScene,
  compiler: MaskCompiler,
  control: string,
): Promise<CompiledRule[]> {
  return Promise.all(
    rulesOf(spec, control).map(async ({ rule, keys }) => ({
      weight: await compileWeight(rule.weight, scene, [...keys, 'weight']),
      blend: rule.blend,
      ...(rule.mask === undefined ? {} : { mask: await compiler.compile(rule.mask, [...keys, 'mask']) }),
    })),
  )
}

async function compileWeight(weight: Weight, scene: ControlMapScene, keys: readonly PropertyKey[]): Promise<CompiledRule['weight']> {
  if (typeof weight === 'number') return weight
  if (!('tensor' in weight)) return (frame) => scheduleAt(weight, frame, scene.fps)
  if (scene.openTensor === undefined)
    throw new VirgaError('VIRGA_BAD_INPUT', 'a file of weights cannot be read here', {
      field: documentPath(keys),
      expected: 'numbers and masks',
    })
  return scene.openTensor(weight.tensor)
}

async function* draw(
  spec: ControlMapSpec,
  scene: ControlMapScene,
  compiler: MaskCompiler,
  controls: readonly (readonly CompiledRule[])[],
): AsyncGenerator<Float32Array[], void, undefined> {
  const pixels = scene.width * scene.height
  const labels = controlMapNeeds(spec).labels ? scene.labels?.()[Symbol.asyncIterator]() : undefined
  try {
    const { first, count } = scene.range ?? { first: 0, count: scene.frames }
    for (let index = first; index < first + count; index++) {
      const frame: MaskFrame = labels === undefined ? { index } : { index, labels: await nextLabels(labels, scene, index) }
      const planes: Float32Array[] = []
      for (const rules of controls) {
        const plane = new Float32Array(pixels)
        for (const { weight, mask, blend } of rules) {
          const value = typeof weight === 'object' ? weight.plane(index) : typeof weight === 'function' ? weight(index) : weight
          blendRule(plane, value, await mask?.(frame), blend)
        }
        planes.push(plane)
      }
      yield planes
    }
  } finally {
    await labels?.return?.()
    await compiler.close()
  }
}

async function nextLabels(
  labels: AsyncIterator<PixelLabels>,
  { width, height, frames }: ControlMapScene,
  index: number,
): Promise<PixelLabels> {
  const step = await labels.next()
  if (step.done === true)
    throw new VirgaError('VIRGA_BAD_INPUT', `labels end before frame ${index}`, { field: 'frames', expected: `${frames} frames` })
  if (step.value.width !== width || step.value.height !== height)
    throw new VirgaError('VIRGA_INTERNAL', `labels of ${step.value.width}x${step.value.height}`, {
      record: index,
      expected: `${width}x${height}`,
    })
  return step.value
}

function expectControls(spec: ControlMapSpec, { controls, file }: ControlMapScene): void {
  for (const name of Object.keys(spec.controls)) {
    if (controls.includes(name) || isZero(spec, name)) continue
    const near = nearNames(name, controls, 1)
    throw new VirgaError('VIRGA_BAD_INPUT', `control ${name} is not among those in use`, {
      ...(file === undefined ? {} : { file }),
      field: `controls.${name}`,
      expected: `one of: ${controls.join(', ')}${near.length === 0 ? '' : ` (near it: ${near[0]})`}`,
    })
  }
}
