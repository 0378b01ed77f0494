import type { Part } from '@virga/platform'
import { relayPart, requestsPart, sweeperPart } from './loop-parts.ts'
import { workerPart } from './worker-part.ts'

/** Relay, sweeper, requests, and the worker of the light stages. */
export const orchestratorParts: readonly Part[] = [relayPart, sweeperPart, requestsPart, workerPart('clerk', ['inspect', 'publish'])]

/** Draws conditions. */
export const rendererParts: readonly Part[] = [workerPart('renderer', ['render'])]

/** Runs the model. */
export const generatorParts: readonly Part[] = [workerPart('generator', ['generate'])]
