import { lightStateAt } from '../signals.ts'
import type { Junction, Street } from '../street.ts'
import { type Crosser, holdsLane } from './crosser.ts'
import type { Flow } from './flow.ts'
import { canStop, type LaneVehicle } from './lane-vehicle.ts'
import { isCrossing, type SideQueue } from './side-street.ts'

/** Bumpers stop so far before stop lines and zebra crossings, metres. */
const beforeLine = 0.3
const beforeCrossing = 0.9

/** Where a flow stops at a junction: at its stop line, or before the box where none is painted. */
export function stopPlace(street: Street, junction: Junction, direction: 1 | -1): number {
  const line = street.stopLines.find((stop) => stop.junction === junction.index && stop.forward === direction > 0)
  return (line === undefined ? direction * junction.s - junction.half - 6 : direction * line.s - 0.2) - beforeLine
}

/** The near and far edge of a crossing as a flow meets it. */
export function crossingEdges({ crossing }: Crosser, direction: 1 | -1): { line: number; until: number } {
  const [near, far] = direction > 0 ? [crossing.from, crossing.to] : [-crossing.to, -crossing.from]
  return { line: near - beforeCrossing, until: far + 0.4 }
}

interface Line {
  readonly at: number
  /** Who cannot stop with this deceleration goes on, m/s^2. */
  readonly deceleration: number
}

/** Lines of each flow that are closed at a moment: lights that are not green, junctions that somebody crosses, crossings with people on them. */
export function closedLines(
  street: Street,
  flow: Flow,
  crossers: readonly Crosser[],
  queues: readonly SideQueue[],
  seconds: number,
): Line[] {
  const lines: Line[] = []
  for (const junction of street.junctions) {
    const state = lightStateAt(street, junction.index, 'main', seconds)
    const busy = queues.some((queue) => queue.junction === junction && isCrossing(queue))
    if ((state !== undefined && state !== 'green') || busy) {
      lines.push({ at: stopPlace(street, junction, flow.direction), deceleration: state === 'yellow' ? 3.2 : 5.5 })
    }
  }
  for (const crosser of crossers) {
    if (holdsLane(crosser, flow.d, street.laneWidth)) lines.push({ at: crossingEdges(crosser, flow.direction).line, deceleration: 20 })
  }
  return lines
}

/** Of the closed lines those that a vehicle has ahead and can stop at. */
export function linesFor(lines: readonly Line[], vehicle: LaneVehicle): number[] {
  return lines.filter(({ at, deceleration }) => at < vehicle.history.place + 90 && canStop(vehicle, at, deceleration)).map(({ at }) => at)
}
