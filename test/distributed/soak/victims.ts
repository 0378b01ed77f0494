import type { OwnStack } from '../support/own-stack.ts'

/** A process that is killed and comes back. */
export interface Victim {
  readonly name: string
  /** How often it is hit, beside the others. */
  readonly weight: number
  running(): boolean
  /** It has ended without having been killed. */
  crashed(): boolean
  start(): Promise<void>
  kill(): Promise<void>
}

const patience = { VIRGA_LOG: 'info', VIRGA_SMALL_TASK_MS: '150', VIRGA_SMALL_LEASE_MS: '3000' }

/** Three workers, two orchestrators, broker, object store and database. */
export function victimsOf(stack: OwnStack): Victim[] {
  const services = [
    ...[1, 2, 3].map((n) => stack.service(`worker-${n}`, 'worker.ts', patience)),
    ...[1, 2].map((n) => stack.service(`orchestrator-${n}`, 'orchestrator.ts', patience)),
  ]
  const { kafka, minio, postgres } = stack.servers
  return [
    ...services.map((service) => {
      let wanted = false
      return {
        name: service.name,
        weight: 3,
        running: () => service.pid !== undefined,
        crashed: () => wanted && service.pid === undefined,
        async start() {
          service.start()
          wanted = true
        },
        async kill() {
          wanted = false
          await service.kill('SIGKILL')
        },
      }
    }),
    ...[kafka, minio, postgres].map((server) => {
      // Killed before it was up it would count as a kill that hit nobody's work.
      let ready = true
      return {
        name: server.name,
        weight: 2,
        running: () => ready && server.pid !== undefined,
        crashed: () => ready && server.pid === undefined,
        async start() {
          server.start()
          await server.waitReady()
          ready = true
        },
        async kill() {
          ready = false
          await server.kill('SIGKILL')
        },
      }
    }),
  ]
}
