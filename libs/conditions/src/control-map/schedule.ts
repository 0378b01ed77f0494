import type { Schedule } from './spec.ts'

/** The weight of a schedule at a frame; frame i is at i / fps seconds. */
export function scheduleAt({ ease, keys }: Schedule, frame: number, fps: number): number {
  const timeOf = (index: number): number => keys[index].frame ?? (keys[index].seconds as number) * fps
  const after = keys.findIndex((_, index) => timeOf(index) > frame)
  if (after === 0) return keys[0].weight
  if (after === -1) return keys[keys.length - 1].weight
  const [a, b] = [keys[after - 1].weight, keys[after].weight]
  const t = (frame - timeOf(after - 1)) / (timeOf(after) - timeOf(after - 1))
  switch (ease) {
    case 'step':
      return a
    case 'linear':
      return a + (b - a) * t
    case 'smooth':
      return a + (b - a) * t * t * (3 - 2 * t)
  }
}
