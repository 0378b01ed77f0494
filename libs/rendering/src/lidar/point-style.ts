/// <reference types="@webgpu/types" />
import type { Camera, Scenario } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'
import type { FreeStyle } from '../style.ts'
import { ArrayCondition } from './arrays/array-condition.ts'
import { ComputeCondition } from './compute/compute-condition.ts'
import { createLidarPipelines, type LidarPipelines } from './compute/pipelines.ts'
import { type UploadedSweep, uploadSweep } from './compute/upload-sweep.ts'
import type { PointDescription } from './description.ts'
import { type PreparedSweep, prepareSweep } from './prepare-sweep.ts'
import { SweepStore } from './sweep-store.ts'

export type { PointDescription }

/** `compute`: WebGPU compute passes in float32 and fixed point. `arrays`: typed arrays in float64. */
export type PointEngine = 'compute' | 'arrays'

/**
 * A style of splatted points. On a GPU compute passes draw it; without one, or where WebGPU runs on the processor (lavapipe, SwiftShader),
 * typed arrays do, several times cheaper. Both compute the same formula: pictures differ by one level where a mean depth lies on the edge of two.
 *
 * @param engine takes one of them everywhere: for tests and measurements
 */
export function pointStyle(description: PointDescription, engine?: PointEngine): FreeStyle {
  const { name, title, defaultChain } = description
  const prepared = new WeakMap<Scenario, SweepStore<PreparedSweep>>()
  const pipelines = new WeakMap<GPUDevice, LidarPipelines>()
  const uploaded = new WeakMap<GPUDevice, WeakMap<Scenario, SweepStore<UploadedSweep>>>()
  const perUser = 2 * description.sweepsEachSide + 2
  const prepare = async (scenario: Scenario, index: number): Promise<PreparedSweep> =>
    prepareSweep(await scenario.sweeps[index].load(), scenario, description)

  function preparedStore(scenario: Scenario): SweepStore<PreparedSweep> {
    const load = (index: number): Promise<PreparedSweep> => prepare(scenario, index)
    return new SweepStore({ load, perUser, bytes: ({ points }) => points.byteLength, free: () => undefined })
  }

  function uploadedStore(gpu: GPUDevice, scenario: Scenario): SweepStore<UploadedSweep> {
    const load = async (index: number): Promise<UploadedSweep> => uploadSweep(gpu, await prepare(scenario, index))
    return new SweepStore({ load, perUser, bytes: ({ points }) => points.size, free: ({ points }) => points.destroy() })
  }

  function open(gpu: GPUDevice | undefined, scenario: Scenario, camera: Camera): ConditionStyle {
    if (gpu === undefined || (engine ?? engineFor(gpu)) === 'arrays') {
      const store = remembered(prepared, scenario, () => preparedStore(scenario))
      return new ArrayCondition(scenario, camera, description, store)
    }
    const passes = remembered(pipelines, gpu, () => createLidarPipelines(gpu, description))
    const stores = remembered(uploaded, gpu, () => new WeakMap<Scenario, SweepStore<UploadedSweep>>())
    const store = remembered(stores, scenario, () => uploadedStore(gpu, scenario))
    return new ComputeCondition(gpu, scenario, camera, description, passes, store)
  }

  return { name, title, defaultChain, needs: 'sweeps', device: engine === 'arrays' ? 'unused' : 'preferred', open }
}

/** What a key has been given before, else what is made for it now. */
function remembered<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

function engineFor(gpu: GPUDevice): PointEngine {
  return gpu.adapterInfo.isFallbackAdapter ? 'arrays' : 'compute'
}
