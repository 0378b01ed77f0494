/** Names from logs become folder names: anything but letters, digits, dot, dash and underscore is replaced. */
export function safeName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '_')
  return /^\.*$/.test(safe) ? `_${safe}` : safe
}
