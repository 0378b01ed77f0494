import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { cacheFolder } from './cache.ts'
import { needed, run } from './run.ts'

export const kafkaVersion = '4.4.0'
const log4jVersion = '2.25.5'

/** The broker's jars through Maven. Without the slf4j binding the broker would write no log. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>virga</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${log4jVersion}</version></dependency>
</dependencies></project>
`
const downloadMs = 10 * 60_000

/**
 * The folder of the broker's jars, fetched by Maven (which checks them against their digests) when it is missing or not whole. Call it alone().
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY without Maven, or when it cannot reach its repository
 */
export async function getKafkaJars(log: (line: string) => void): Promise<string> {
  const home = join(cacheFolder(), `kafka-${kafkaVersion}`)
  if (isWhole(home)) return join(home, 'libs')
  const mvn = needed('mvn', "to get Kafka's jars", 'install Maven 3.8 or newer (Debian: apt-get install maven; macOS: brew install maven)')
  const scratch = `${home}.partial`
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  writeFileSync(join(scratch, 'pom.xml'), pom)
  log('jars are fetched by Maven, 43 MB, once')
  const since = Date.now()
  const args = [
    '-B',
    '-ntp',
    '-q',
    '-C',
    '-f',
    'pom.xml',
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    '-DoutputDirectory=libs',
  ]
  await run(mvn, args, { cwd: scratch, timeoutMs: downloadMs })
  writeFileSync(join(scratch, 'sizes.json'), JSON.stringify(sizesOf(scratch)))
  rmSync(home, { recursive: true, force: true })
  renameSync(scratch, home)
  if (!isWhole(home)) throw new VirgaError('VIRGA_MISSING_DEPENDENCY', 'Maven gave no Kafka jars', { file: home })
  log(`jars fetched in ${Math.round((Date.now() - since) / 1000)} s`)
  return join(home, 'libs')
}

/** Whether every jar has the size that it was fetched with. */
function isWhole(home: string): boolean {
  try {
    const kept = JSON.stringify(JSON.parse(readFileSync(join(home, 'sizes.json'), 'utf8')))
    return kept.includes(`kafka-server-${kafkaVersion}.jar`) && kept === JSON.stringify(sizesOf(home))
  } catch {
    return false
  }
}

const sizesOf = (home: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(join(home, 'libs'))
      .sort()
      .map((name) => [name, statSync(join(home, 'libs', name)).size]),
  )
