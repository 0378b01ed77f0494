import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KafkaHome, getKafka } from '../get/kafka.ts'
import { choosePort } from '../ports.ts'
import type { ServerSpec } from '../process.ts'
import { kafkaProperties } from './kafka-properties.ts'

/** Heap, collector and compiler of a broker that serves one developer: about 250 MB resident, ready soon. */
const jvm = ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

export async function kafkaServer(folder: string, port: number, log: (line: string) => void): Promise<ServerSpec> {
  const kafka = await getKafka(log)
  return kafkaSpec(kafka, join(folder, 'kafka'), port, [`-XX:SharedArchiveFile=${kafka.archive}`])
}

/** @param options of the Java machine, besides those that every broker of ours gets */
export async function kafkaSpec(kafka: KafkaHome, home: string, port: number, options: readonly string[]): Promise<ServerSpec> {
  const data = join(home, 'data')
  mkdirSync(home, { recursive: true })
  if (!existsSync(data)) {
    rmSync(`${data}.partial`, { recursive: true, force: true })
    cpSync(kafka.formatted, `${data}.partial`, { recursive: true })
    renameSync(`${data}.partial`, data)
  }
  const properties = join(home, 'server.properties')
  writeFileSync(properties, kafkaProperties({ data, port, controllerPort: await choosePort() }))
  return {
    name: 'kafka',
    command: kafka.java,
    args: [...jvm, ...options, `-Dlog4j2.configurationFile=${kafka.logging}`, '-cp', kafka.classPath, 'kafka.Kafka', properties],
    cwd: home,
    stopSignal: 'SIGTERM',
    env: { VIRGA_BUS: `kafka://127.0.0.1:${port}` },
    // Said once the broker is no longer fenced, its last step.
    isReady: async (logged) => logged().includes('Kafka Server started'),
  }
}
