import { type AugmentHost, type BlobRef, collectedPublication, findCamera, renderCamera, type RenderedCamera } from '@virga/augmentation'
import type { ClaimedTask } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { TaskHost } from './host.ts'
import { expectSameDrive, plannedBundle, stageHost, withAugmentation } from './open-plan.ts'
import type { TaskContext } from './perform-task.ts'
import { parseTaskInput, type Plan, readPlan, type TaskInput } from './plan.ts'

/** A camera of a plan with all that its variants share, made or found in the store. */
export interface CameraWork {
  readonly plan: Plan
  readonly input: TaskInput
  readonly camera: string
  readonly stages: AugmentHost
  readonly rendered: RenderedCamera
  /** What was published so far, by path below the camera's folder. */
  readonly files: () => Record<string, BlobRef>
}

/** Opens the camera that a task names. What an earlier task left in the store is found by its keys; what was lost since is made again. */
export async function onCamera<Result>(
  host: TaskHost,
  task: ClaimedTask,
  context: TaskContext,
  use: (work: CameraWork) => Promise<Result>,
): Promise<Result> {
  const input = parseTaskInput(task.input)
  const plan = await readPlan(host.store, input.plan)
  const { camera } = input
  if (camera === undefined || !plan.cameras.includes(camera))
    throw new VirgaError('VIRGA_BAD_INPUT', `no camera ${String(camera)} in the plan`, { record: task.key, field: 'camera' })
  const stages = stageHost(host, context)
  return withAugmentation(host, stages, { ...plan, cameras: [camera] }, await plannedBundle(host, plan), async (opened) => {
    expectSameDrive(opened, plan)
    const publication = collectedPublication()
    const rendered = await renderCamera(stages, opened, findCamera(opened.drive.scenario, camera), publication)
    const { folder } = rendered.setting
    const files = () => Object.fromEntries([...publication.files].map(([path, ref]) => [path.slice(folder.length + 1), ref]))
    return use({ plan, input, camera, stages, rendered, files })
  })
}
