/** At most so many are named. */
const most = 5

/**
 * Where two values of plain JSON differ, such as `variants.0.look.weather: "rain" before, "snow" now`.
 *
 * @param path where in the whole these values lie
 */
export function differences(before: unknown, now: unknown, path = ''): string[] {
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    return keys.flatMap((key) => differences(before[key], now[key], path === '' ? key : `${path}.${key}`)).slice(0, most)
  }
  return Object.is(before, now) ? [] : [`${path}: ${shown(before)} before, ${shown(now)} now`]
}

/** Whether all that is asked for is there; what the other has beyond it are defaults that were filled in. */
export function holds(whole: unknown, asked: unknown): boolean {
  if (!isObject(whole) || !isObject(asked)) return Object.is(whole, asked)
  if (Array.isArray(whole) !== Array.isArray(asked) || (Array.isArray(whole) && Array.isArray(asked) && whole.length !== asked.length)) {
    return false
  }
  return Object.entries(asked).every(([key, value]) => value === undefined || holds(whole[key], value))
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
