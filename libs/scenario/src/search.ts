/** The number of values <= `value` in an ascending array, by binary search: the last of them is at the result minus one. */
export function upperBound(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}

/** The number of values < `value` in an ascending array: the first that is not less is at the result. */
export function lowerBound<T extends number | bigint>(ascending: ArrayLike<T>, value: T): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The index of the value nearest to `value` in an ascending array; the earlier one on a tie; -1 if it is empty. */
export function nearestIndex(ascending: ArrayLike<number>, value: number): number {
  const after = lowerBound(ascending, value)
  if (after === 0) return ascending.length === 0 ? -1 : 0
  if (after === ascending.length) return after - 1
  return ascending[after] - value < value - ascending[after - 1] ? after : after - 1
}
