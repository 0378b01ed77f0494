import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, sysconf(_SC_CLK_TCK). */
const ticksPerSecond = 100

/** CPU time of a process and its children so far, those that have ended among them, seconds; 0 where there is no /proc. */
export function cpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined) return 0
  let ticks = 0
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const stat = statOf(name)
      if (stat === undefined) continue
      if (name === String(pid)) ticks += stat.own + stat.ended
      else if (stat.parent === pid) ticks += stat.own
    }
  } catch {
    return 0
  }
  return ticks / ticksPerSecond
}

function statOf(pid: string): { readonly parent: number; readonly own: number; readonly ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map((i) => fields[i])
    return { parent, own: user + system, ended: endedUser + endedSystem }
  } catch {
    return undefined // it has just ended
  }
}
