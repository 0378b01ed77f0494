import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { realStack } from '@virga/testing/stack'
import { expect, it } from 'vitest'
import { freshFolder } from '../support/fresh-folder.ts'
import { ownStack } from '../support/own-stack.ts'
import { bulk } from './bulk.ts'

// Asked for so that it is said once why there is none; what is used is a stack of its own.
const possible = await realStack('kafka', 'minio', 'postgres')

if (typeof possible === 'string') it('takes requests in bulk', (test) => test.skip(possible))
else {
  it('finishes each of 40 requests over the topic once, and buries the 10 poisoned ones with their bytes and reasons', async () => {
    const folder = await freshFolder('bulk')
    const stack = await ownStack(join(folder, 'stack'))
    try {
      const report = await bulk(stack, { requests: 40, poisoned: 10, minutes: 2 }, () => undefined)
      expect(report).toMatchObject({ finished: 30, dead: 10, lost: [], doubled: [] })
      expect(Object.values(report.reasons)).toEqual(Array.from({ length: 10 }, () => 1))
    } finally {
      await stack.stop()
    }
    await rm(folder, { recursive: true, force: true })
  })
}
