export { relayPart, requestsPart, sweeperPart } from './loop-parts.ts'
export { generatorParts, orchestratorParts, rendererParts } from './services.ts'
export { admissionSettings, workerSettings } from './settings.ts'
export { workerPart } from './worker-part.ts'
