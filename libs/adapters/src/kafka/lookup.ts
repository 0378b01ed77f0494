import type { Admin, Kafka } from 'kafkajs'
import { busError, unknownTopic } from './kafka-errors.ts'
import { within } from './within.ts'

const checkMs = 5000

/** Questions to the broker: is it there, which topics has it. */
export class Lookup {
  readonly #kafka: Kafka
  readonly #brokers: readonly string[]
  readonly #known = new Set<string>()
  #admin: Promise<Admin> | undefined

  constructor(kafka: Kafka, brokers: readonly string[]) {
    this.#kafka = kafka
    this.#brokers = brokers
  }

  /** @throws VirgaError VIRGA_UNAVAILABLE when no broker answers within five seconds */
  async check(): Promise<void> {
    await this.ask((admin) => admin.describeCluster(), checkMs)
  }

  /** @throws VirgaError VIRGA_NOT_FOUND for a topic that is not there: the client library would wait 12 s for it, and say less */
  async requireTopics(topics: Iterable<string>): Promise<void> {
    const wanted = [...topics].filter((topic) => !this.#known.has(topic))
    if (wanted.length === 0) return
    for (const topic of await this.ask((admin) => admin.listTopics())) this.#known.add(topic)
    for (const topic of wanted) if (!this.#known.has(topic)) throw unknownTopic(topic, this.#brokers)
  }

  /** After an error that may mean that a topic was deleted. */
  forgetTopics(): void {
    this.#known.clear()
  }

  /** Asks through one connection that is kept; a new one after an error. */
  async ask<Answer>(question: (admin: Admin) => Promise<Answer>, timeoutMs = 15_000): Promise<Answer> {
    const connecting = (this.#admin ??= this.#connect())
    try {
      return await within(timeoutMs, connecting.then(question))
    } catch (error) {
      if (this.#admin === connecting) this.#admin = undefined
      void connecting.then((admin) => admin.disconnect()).catch(() => undefined)
      throw busError(error, this.#brokers)
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin
    this.#admin = undefined
    await admin?.then((one) => one.disconnect()).catch(() => undefined)
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin()
    await admin.connect()
    return admin
  }
}
