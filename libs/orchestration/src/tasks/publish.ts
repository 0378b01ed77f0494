import { collectedPublication, promiseOf, type PublishedCamera, publishOverview } from '@virga/augmentation'
import type { ClaimedTask, TaskResult } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { TaskHost } from './host.ts'
import { variantKey } from './keys.ts'
import { stageHost } from './open-plan.ts'
import type { TaskContext } from './perform-task.ts'
import { parseTaskInput, type Plan, readPlan } from './plan.ts'
import { publishedCamera } from './variant-record.ts'

/** Makes the overview of all variants, from the catalog and the store alone. Outputs: `contact-sheet.png`, `report.html`. */
export async function publishTask(host: TaskHost, task: ClaimedTask, context: TaskContext): Promise<TaskResult> {
  const plan = await readPlan(host.store, parseTaskInput(task.input).plan)
  const cameras = await camerasOf(host, plan, task.augmentation)
  const publication = collectedPublication()
  const { id, format, licence, digest } = plan.drive
  await publishOverview(stageHost(host, context), publication, {
    scenario: id,
    frames: plan.frames,
    fps: plan.fps,
    promise: promiseOf(cameras),
    cameras,
    about: { format, licence, digest, bundle: plan.bundle },
  })
  return { outputs: Object.fromEntries(publication.files) }
}

/** In the order in which they were asked for. */
async function camerasOf(host: TaskHost, plan: Plan, augmentation: string): Promise<PublishedCamera[]> {
  const finished = new Map((await host.finished(augmentation)).map((variant) => [variant.key, variant]))
  const cameras: PublishedCamera[] = []
  for (const camera of plan.cameras) {
    const records = plan.variants.map(({ id }) => {
      const key = variantKey(plan, camera, id)
      const record = finished.get(key)
      if (record === undefined) throw new VirgaError('VIRGA_WRONG_STATE', `variant ${key} is not there`, { record: augmentation })
      return record
    })
    cameras.push(await publishedCamera(host.store, camera, records))
  }
  return cameras
}
