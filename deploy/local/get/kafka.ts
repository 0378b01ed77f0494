import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { launch } from '../process.ts'
import { choosePort } from '../ports.ts'
import { kafkaSpec } from '../servers/kafka.ts'
import { kafkaProperties } from '../servers/kafka-properties.ts'
import { alone } from './cache.ts'
import { getJava } from './java.ts'
import { getKafkaJars } from './kafka-jars.ts'
import { run } from './run.ts'

export interface KafkaHome {
  readonly java: string
  readonly classPath: string
  /** log4j2 configuration: warnings, and the line that says that the broker has started. */
  readonly logging: string
  /** A data folder as the storage tool formats it; each broker begins with a copy. */
  readonly formatted: string
  /** Class-data archive: readiness in 2 s in place of 6 s. Java goes on without it where it does not fit. */
  readonly archive: string
}

const logging = `appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1}: %m%n
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
`

/**
 * All that a broker needs to start soon; fetched and made once.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY without Java or Maven
 */
export function getKafka(log: (line: string) => void): Promise<KafkaHome> {
  return alone('kafka', log, async () => {
    const java = await getJava(log)
    const libs = await getKafkaJars(log)
    const home = dirname(libs)
    const key = createHash('sha256').update(java.version).digest('hex').slice(0, 12)
    const kafka: KafkaHome = {
      java: java.path,
      classPath: join(libs, '*'),
      logging: join(home, 'log4j2.properties'),
      formatted: join(home, 'formatted'),
      archive: join(home, `classes-${key}.jsa`),
    }
    if (!existsSync(kafka.logging)) writeFileSync(kafka.logging, logging)
    if (!existsSync(kafka.formatted)) await format(kafka, home)
    if (!existsSync(kafka.archive)) await makeArchive(kafka, home, log)
    return kafka
  })
}

async function format(kafka: KafkaHome, home: string): Promise<void> {
  const scratch = join(home, 'formatted.partial')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch)
  const properties = join(home, 'format.properties')
  writeFileSync(properties, kafkaProperties({ data: scratch, port: 1, controllerPort: 2 }))
  const tool = ['-Xmx128m', `-Dlog4j2.configurationFile=${kafka.logging}`, '-cp', kafka.classPath, 'kafka.tools.StorageTool']
  await run(kafka.java, [...tool, 'format', '-t', 'virga-local-stack-0001', '-c', properties], { cwd: home, timeoutMs: 120_000 })
  renameSync(scratch, kafka.formatted)
}

/** Starts a broker and stops it in good order: Java writes the classes that it has loaded. */
async function makeArchive(kafka: KafkaHome, home: string, log: (line: string) => void): Promise<void> {
  log('a class archive is made, once, for a quick start')
  const scratch = join(home, 'archive.partial')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(join(scratch, 'logs'), { recursive: true })
  const archive = join(scratch, 'classes.jsa')
  const spec = await kafkaSpec(kafka, join(scratch, 'kafka'), await choosePort(), [`-XX:ArchiveClassesAtExit=${archive}`])
  const broker = launch(spec, scratch, () => undefined)
  broker.start()
  try {
    await broker.waitReady()
  } finally {
    await broker.kill('SIGTERM')
  }
  if (existsSync(archive)) renameSync(archive, kafka.archive)
  else writeFileSync(kafka.archive, '') // this Java makes none; it warns of the empty file and goes on
  rmSync(scratch, { recursive: true, force: true })
}
