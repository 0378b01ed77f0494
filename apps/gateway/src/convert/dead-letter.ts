import type { DeadLetter as Stored } from '@virga/catalog'
import { create, type DeadLetter, DeadLetterSchema, timestampFromMs } from '@virga/contracts'
import { failureMessage } from './common.ts'
import { taskName } from './task.ts'

export function deadLetterMessage(stored: Stored, { withPayload }: { readonly withPayload: boolean }): DeadLetter {
  const [augmentation = '', ...key] = (stored.task ?? '').split('/')
  return create(DeadLetterSchema, {
    name: `deadLetters/${stored.id}`,
    task: stored.task === undefined ? '' : taskName(augmentation, key.join('/')),
    record: stored.record ?? '',
    failure: failureMessage({ reason: stored.reason, message: stored.message, metadata: {} }),
    headers: { ...stored.headers },
    createTime: timestampFromMs(stored.createdAt),
    ...(withPayload ? { payload: new Uint8Array(stored.payload) } : {}),
    ...(stored.redrivenAt === undefined ? {} : { redriveTime: timestampFromMs(stored.redrivenAt) }),
  })
}
