/** Rounds to the nearest integer, halves to even, as OpenCV's cvRound and the processor do. For |x| < 2^31. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest < 0.5) return below
  if (rest > 0.5) return below + 1
  return (below & 1) === 0 ? below : below + 1
}
