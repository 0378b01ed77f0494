import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobRef } from '@virga/augmentation'
import { realStack } from '@virga/testing/stack'
import { expect, it } from 'vitest'
import { audit } from '../support/audit.ts'
import { freshFolder } from '../support/fresh-folder.ts'
import { ownStack } from '../support/own-stack.ts'
import { entryKey, ledgerKind } from '../support/small-work.ts'
import { soak } from './soak.ts'

// Asked for so that it is said once why there is none; what is used, and killed, is a stack of its own.
const possible = await realStack('kafka', 'minio', 'postgres')

if (typeof possible === 'string') it('survives kills', (test) => test.skip(possible))
else {
  it('loses and doubles nothing while processes and servers are killed, and its audit sees what is lost', async () => {
    const folder = await freshFolder('soak')
    const stack = await ownStack(join(folder, 'stack'))
    try {
      const report = await soak(stack, { tasks: 20, kills: 12, seed: 3, minutes: 3 }, () => undefined)
      expect(report).toMatchObject({ done: 20, lost: [], doubled: [], crashed: [] })
      expect(Object.values(report.kills).reduce((sum, count) => sum + count, 0)).toBe(12)

      // An audit that cannot fail proves nothing: spoil the store and ask again.
      const backends = await stack.open()
      try {
        const { catalog, store } = backends
        const one = { tenant: 'soak', augmentation: 'soak-0', cameras: ['front'], variants: ['rain-night', 'snow-day'] }
        expect(await audit(backends, one)).toMatchObject({ done: 5, lost: [], doubled: [] })
        expect((await audit(backends, { ...one, variants: ['rain-night'] })).doubled).not.toEqual([])
        expect((await audit(backends, { ...one, variants: [...one.variants, 'fog-day'] })).lost).not.toEqual([])
        expect((await audit(backends, { ...one, augmentation: 'soak-99' })).lost).toEqual(['soak-99'])
        const { items } = await catalog.augmentations.tasks({ augmentation: 'soak-0', stage: 'render', size: 1 })
        const task = items[0]
        if (task === undefined) throw new Error('there is no render task')
        const fence = task.attempts.find(({ outcome }) => outcome === 'done')?.fence ?? 0
        const other: BlobRef = await store.put(Buffer.from('another picture'))
        await store.writeEntry(ledgerKind, entryKey(task.id, fence), { task: task.id, outputs: { 'condition.bin': other } })
        expect((await audit(backends, one)).lost).toEqual([`${task.id}: the ledger of try ${fence} says otherwise`])
      } finally {
        await backends.close()
      }
    } finally {
      await stack.stop()
    }
    await rm(folder, { recursive: true, force: true })
  })
}
