import type { OutgoingRecord } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { ReceivedRecord } from '@virga/orchestration'

/** Largest record, as Kafka's default `message.max.bytes`. */
const largestBytes = 1024 * 1024

/** What a topic keeps at most; the oldest go first, read or not, as with a broker's retention. */
export interface Retention {
  readonly records: number
  readonly bytes: number
}

interface Partition {
  records: ReceivedRecord[]
  /** Offset of the first record that is kept. */
  base: number
}

/** The records of a topic in their partitions. */
export class TopicLog {
  readonly name: string
  readonly partitions: readonly Partition[]
  readonly retention: Retention
  /** Partition of each record in the order of arrival, to drop the oldest of the topic. */
  private arrivals: number[] = []
  private dropped = 0
  private bytes = 0

  constructor(name: string, partitions: number, retention: Retention) {
    this.name = name
    this.partitions = Array.from({ length: partitions }, () => ({ records: [], base: 0 }))
    this.retention = retention
  }

  /** @returns the partition that the record went to. @throws VirgaError VIRGA_TOO_LARGE */
  append(record: OutgoingRecord): number {
    const size = sizeOf(record)
    if (size > largestBytes) {
      const expected = `at most ${largestBytes} bytes`
      throw new VirgaError('VIRGA_TOO_LARGE', `a record of ${size} bytes`, { file: this.name, expected })
    }
    const index = hash(record.key) % this.partitions.length
    const { records, base } = this.partitions[index]
    records.push({
      ...{ topic: this.name, partition: index, offset: String(base + records.length), timestampMs: Date.now() },
      ...{ key: Buffer.from(record.key), value: record.value },
      headers: Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)])),
    })
    this.arrivals.push(index)
    this.bytes += size
    while (this.arrivals.length - this.dropped > this.retention.records || this.bytes > this.retention.bytes) this.dropOldest()
    return index
  }

  /** The first record at this offset or after it. */
  at(partition: number, offset: number): ReceivedRecord | undefined {
    const { records, base } = this.partitions[partition]
    return records[Math.max(offset - base, 0)]
  }

  /** Where the next record will go. */
  end(partition: number): number {
    const { records, base } = this.partitions[partition]
    return base + records.length
  }

  private dropOldest(): void {
    const partition = this.partitions[this.arrivals[this.dropped++]]
    const gone = partition.records.shift()
    partition.base += 1
    if (gone !== undefined) this.bytes -= sizeOf(gone)
    if (this.dropped < 1024 || this.dropped * 2 < this.arrivals.length) return
    this.arrivals = this.arrivals.slice(this.dropped)
    this.dropped = 0
  }
}

function sizeOf({ key, value, headers = {} }: Pick<ReceivedRecord, 'key' | 'value' | 'headers'>): number {
  const ofHeaders = Object.entries(headers).reduce(
    (sum, [name, text]) => sum + name.length + ((text as Uint8Array | string).length ?? 0),
    0,
  )
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193)
  return state >>> 0
}
