/** Least value of a function without derivatives (Nelder and Mead 1965, standard coefficients), from a simplex of the given step. */
export async function minimise(
  cost: (at: readonly number[]) => Promise<number>,
  start: readonly number[],
  step: number,
  evaluations: number,
): Promise<{ at: number[]; value: number }> {
  let left = evaluations
  const point = async (at: number[]): Promise<{ at: number[]; value: number }> => {
    left -= 1
    return { at, value: await cost(at) }
  }
  const simplex = [await point([...start])]
  for (let axis = 0; axis < start.length; axis += 1) simplex.push(await point(start.map((value, i) => (i === axis ? value + step : value))))
  while (left > 0) {
    simplex.sort((a, b) => a.value - b.value)
    const worst = simplex[simplex.length - 1]
    const others = simplex.slice(0, -1)
    const centre = start.map((_, i) => others.reduce((sum, { at }) => sum + at[i], 0) / others.length)
    const along = (t: number): number[] => centre.map((value, i) => value + t * (value - worst.at[i]))
    const reflected = await point(along(1))
    let next = reflected
    if (reflected.value < simplex[0].value) {
      const expanded = await point(along(2))
      if (expanded.value < reflected.value) next = expanded
    } else if (reflected.value >= others[others.length - 1].value) {
      const contracted = await point(along(reflected.value < worst.value ? 0.5 : -0.5))
      next = contracted.value < Math.min(worst.value, reflected.value) ? contracted : worst
    }
    if (next !== worst) {
      simplex[simplex.length - 1] = next
      continue
    }
    const [best] = simplex
    for (let i = 1; i < simplex.length; i += 1) simplex[i] = await point(simplex[i].at.map((value, k) => (value + best.at[k]) / 2))
  }
  simplex.sort((a, b) => a.value - b.value)
  return simplex[0]
}
