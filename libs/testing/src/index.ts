export { fuzz, fuzzRuns, type FuzzOptions, type FuzzReport } from './fuzz.ts'
export { hexDump } from './hex-dump.ts'
export { mutate } from './mutate.ts'
export { seededRandom, type Random } from './random.ts'
