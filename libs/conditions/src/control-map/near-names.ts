/** Names that are nearly the one that was asked for, nearest first: at most `count`, none that shares less than half of its letters. */
export function nearNames(asked: string, names: Iterable<string>, count = 5): string[] {
  const wanted = asked.slice(0, longest).toLowerCase()
  return [...names]
    .map((name) => ({ name, distance: editDistance(wanted, name.slice(0, longest).toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(wanted.length, Math.min(name.length, longest)) / 2)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

const longest = 64

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}
