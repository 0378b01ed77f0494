import { signal } from './air.ts'
import { reference } from './sensor.ts'

/** The least signal that the sensor reports: its reference target at its reference range in clear air. */
export const thresholdSignal = signal(reference.reflectivity, reference.range, 0)
