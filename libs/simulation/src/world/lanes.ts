import type { Lane, LaneLine, Polyline } from '@virga/scenario'
import { along } from './along.ts'
import type { Road } from './road.ts'
import { outside, type Street, unpaintedSpans } from './street.ts'

interface Stretch {
  readonly from: number
  readonly to: number
  /** Number of the painted block, undefined in a junction. */
  readonly block?: number
}

/** The street cut where its paint is cut: painted blocks and junctions in turn. */
function stretches(street: Street, from: number, to: number): Stretch[] {
  const blocks = outside(from, to, unpaintedSpans(street))
  return blocks.flatMap(([a, b], block) => {
    const next = blocks[block + 1]
    return next === undefined
      ? [{ from: a, to: b, block }]
      : [
          { from: a, to: b, block },
          { from: b, to: next[0] },
        ]
  })
}

/** Lane lines of every painted block, and lanes between them whose rails are those lines' own vertices. */
export function lanesAndLines(road: Road, street: Street, from: number, to: number): (Lane | LaneLine)[] {
  const { lines } = street
  const parts = stretches(street, from, to)
  const lineId = (line: number, block: number): string => `line-${line}-${block}`
  const laneId = (lane: number, part: number): string => `lane-${lane}-${part}`
  const elements: (Lane | LaneLine)[] = []
  const count = lines.length - 1
  for (const [part, { from: a, to: b, block }] of parts.entries()) {
    const rails = lines.map(({ d }) => along(road, a, b, d, 0))
    if (block !== undefined) {
      for (const [i, { pattern, colour }] of lines.entries()) {
        elements.push({ kind: 'lane-line', id: lineId(i, block), line: rails[i], colour, pattern })
      }
    }
    // Lane i lies between lines i and i + 1, counted from the right edge; the forward lanes come first.
    for (let lane = 0; lane < count; lane++) {
      const forward = lane < street.forwardLanes
      const id = (neighbour: number, at: number): string[] =>
        neighbour >= 0 && neighbour < count && at >= 0 && at < parts.length ? [laneId(neighbour, at)] : []
      const same = (neighbour: number): string | undefined =>
        neighbour < street.forwardLanes === forward ? id(neighbour, part)[0] : undefined
      const [left, right] = forward ? [lane + 1, lane] : [lane, lane + 1]
      const [leftNeighbour, rightNeighbour] = forward ? [same(lane + 1), same(lane - 1)] : [same(lane - 1), same(lane + 1)]
      elements.push({
        kind: 'lane',
        id: laneId(lane, part),
        left: forward ? rails[left] : reversed(rails[left]),
        right: forward ? rails[right] : reversed(rails[right]),
        use: 'vehicle',
        isIntersection: block === undefined,
        predecessors: id(lane, forward ? part - 1 : part + 1),
        successors: id(lane, forward ? part + 1 : part - 1),
        ...(leftNeighbour === undefined ? {} : { leftNeighbour }),
        ...(rightNeighbour === undefined ? {} : { rightNeighbour }),
        ...(block === undefined ? {} : { leftLine: lineId(left, block), rightLine: lineId(right, block) }),
      })
    }
  }
  return elements
}

function reversed(line: Polyline): Polyline {
  const n = line.length / 3
  return Float64Array.from({ length: line.length }, (_, i) => line[3 * (n - 1 - Math.floor(i / 3)) + (i % 3)])
}
