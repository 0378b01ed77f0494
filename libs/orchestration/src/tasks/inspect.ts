import type { ClaimedTask, TaskResult, TaskSpec } from '@virga/catalog'
import type { TaskHost } from './host.ts'
import { cameraKey, variantKey } from './keys.ts'
import { stageHost, withAugmentation } from './open-plan.ts'
import type { TaskContext } from './perform-task.ts'
import { parseInspection, type Plan, putPlan, type TaskInput } from './plan.ts'

/**
 * Opens the scenario, checks the request against what is really there, and makes the plan and its tasks:
 * `render.{camera}` -> `generate.{camera}.{variant}` -> `publish`.
 */
export async function inspectTask(host: TaskHost, task: ClaimedTask, context: TaskContext): Promise<TaskResult> {
  const { bundle: name, ...asked } = parseInspection(task.input)
  const bundle = await host.bundles.find(name)
  const { manifest, digest } = bundle
  return withAugmentation(host, stageHost(host, context), asked, bundle, async ({ drive, grid }) => {
    const { id, origin } = drive.scenario
    const plan: Plan = {
      ...asked,
      schema: 'virga.plan/1',
      bundle: { name, version: manifest.version, digest },
      drive: { id, format: origin.format, licence: origin.licence ?? null, digest: drive.digest },
      frames: grid.timesUs.length,
      fps: manifest.video.fps,
    }
    const ref = await putPlan(host.store, plan)
    return { outputs: { 'plan.json': ref }, tasks: tasksOf(plan, { schema: 'virga.task-input/1', plan: ref }) }
  })
}

function tasksOf(plan: Plan, input: TaskInput): TaskSpec[] {
  const renders = plan.cameras.map((camera) => ({
    key: `render.${cameraKey(plan.cameras, camera)}`,
    stage: 'render' as const,
    input: { ...input, camera },
  }))
  const generates = plan.cameras.flatMap((camera) =>
    plan.variants.map(({ id }) => ({
      key: `generate.${variantKey(plan, camera, id)}`,
      stage: 'generate' as const,
      needs: [`render.${cameraKey(plan.cameras, camera)}`],
      input: { ...input, camera, variant: id },
    })),
  )
  return [...renders, ...generates, { key: 'publish', stage: 'publish', needs: generates.map(({ key }) => key), input }]
}
