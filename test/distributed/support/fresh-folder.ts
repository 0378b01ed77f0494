import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder; it is left there, with the logs, for those who look into what went wrong. */
export async function freshFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `virga-${name}-`))
  await chmod(folder, 0o755) // PostgreSQL started by root runs as another user, who has to reach its data below
  return folder
}
