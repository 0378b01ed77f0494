import { type Stage, stages } from '@virga/contracts'
import type { AugmentationQuery, TaskQuery } from '../ports.ts'
import type { ScenarioQuery, ScenarioState } from '../scenarios.ts'
import type { AugmentationState, TaskState } from '../types.ts'
import { applyConditions, equalTo, narrow, narrowWindow, once } from './conditions.ts'
import { filterError, parseFilter } from './parse-filter.ts'

export { newestFirst } from './conditions.ts'

const scenarioStates: readonly ScenarioState[] = ['checking', 'ready', 'failed']
const augmentationStates: readonly AugmentationState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelling', 'cancelled']
const taskStates: readonly TaskState[] = ['blocked', 'ready', 'running', 'delayed', 'done', 'dead', 'cancelled']

type Filtered<Query> = Omit<Query, 'tenant' | 'augmentation' | 'oldestFirst'>

/** `state = READY AND format = "argoverse2" AND create_time > "2026-11-01T00:00:00Z"`. @throws VirgaError VIRGA_USAGE, as all below */
export function scenarioFilter(text: string): Filtered<ScenarioQuery> {
  return applyConditions<Filtered<ScenarioQuery>>(
    parseFilter(text),
    {
      state: (query, condition) => ({ ...query, states: narrow(query.states, scenarioStates, condition) }),
      format: (query, condition) => ({ ...query, format: once(query.format, condition) }),
      create_time: (query, condition) => ({ ...query, ...narrowWindow(query, condition) }),
    },
    {},
  )
}

/** `state = RUNNING AND scenario = "scenarios/s1" AND labels.campaign = "winter"`. */
export function augmentationFilter(text: string): Filtered<AugmentationQuery> {
  return applyConditions<Filtered<AugmentationQuery>>(
    parseFilter(text),
    {
      state: (query, condition) => ({ ...query, states: narrow(query.states, augmentationStates, condition) }),
      scenario: (query, condition) => ({ ...query, scenario: once(query.scenario, last(condition, 'scenarios/')) }),
      bundle: (query, condition) => ({ ...query, bundle: once(query.bundle, last(condition, 'bundles/')) }),
      create_time: (query, condition) => ({ ...query, ...narrowWindow(query, condition) }),
      'labels.': (query, condition) => {
        const key = condition.field.slice('labels.'.length)
        if (!/^[a-z0-9_-]{1,63}$/.test(key)) throw filterError(`no label can be called "${key}"`, '1 to 63 characters a-z, 0-9, "-", "_"')
        return { ...query, labels: { ...query.labels, [key]: once(query.labels?.[key], condition) } }
      },
    },
    {},
  )
}

/** `state = DEAD AND stage = GENERATE`. */
export function taskFilter(text: string): Filtered<TaskQuery> {
  return applyConditions<Filtered<TaskQuery>>(
    parseFilter(text),
    {
      state: (query, condition) => ({ ...query, states: narrow(query.states, taskStates, condition) }),
      stage: (query, condition) => {
        equalTo(condition)
        const [stage] = narrow<Stage>(undefined, stages, condition)
        return { ...query, stage: once(query.stage, { ...condition, value: stage }) as Stage }
      },
    },
    {},
  )
}

/** `camera = "front" AND look.weather = "rain" AND look.lighting = "night"`. */
export function variantFilter(text: string): { camera?: string; weather?: string; lighting?: string } {
  return applyConditions<{ camera?: string; weather?: string; lighting?: string }>(
    parseFilter(text),
    {
      camera: (query, condition) => ({ ...query, camera: once(query.camera, condition) }),
      'look.weather': (query, condition) => ({ ...query, weather: once(query.weather, condition) }),
      'look.lighting': (query, condition) => ({ ...query, lighting: once(query.lighting, condition) }),
    },
    {},
  )
}

const last = <Of extends { value: string }>(condition: Of, prefix: string): Of =>
  condition.value.startsWith(prefix) ? { ...condition, value: condition.value.slice(prefix.length) } : condition
