import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'

/** Linux counts CPU time in ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, sysconf(_SC_CLK_TCK). */
const ticksPerSecond = 100

/** A function that gives the CPU time of a PostgreSQL server on this machine, all of its processes, in seconds; 0 where there is no /proc. */
export async function postgresCpuSeconds(url: string): Promise<() => number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = statOf(String(rows[0]?.pid))?.parent
  await client.end()
  return () => {
    if (postmaster === undefined) return 0
    const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(name) ?? []) : []))
    const own = all.filter(({ pid, parent }) => parent === postmaster || pid === postmaster)
    // What has ended is counted with its parent.
    return own.reduce((sum, { ticks, endedTicks, pid }) => sum + ticks + (pid === postmaster ? endedTicks : 0), 0) / ticksPerSecond
  }
}

function statOf(pid: string): { pid: number; parent: number; ticks: number; endedTicks: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map((i) => fields[i])
    return { pid: Number(pid), parent, ticks: user + system, endedTicks: endedUser + endedSystem }
  } catch {
    return undefined // ended, or no such system
  }
}
