import { Worker } from 'node:worker_threads'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { ControlPictures, ImageControlRequest } from './image-controls.ts'

interface Thread {
  readonly worker: Worker
  /** Pictures on their way, in order. */
  readonly waiting: { resolve: (pictures: ControlPictures) => void; reject: (error: unknown) => void }[]
}

/** Threads that compute controls, a picture each. */
export class ImageThreads {
  readonly #threads: readonly Thread[]
  #next = 0

  constructor(requests: readonly ImageControlRequest[], count: number) {
    this.#threads = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./image-worker.ts', import.meta.url), { workerData: requests })
      const thread: Thread = { worker, waiting: [] }
      const fail = (cause: unknown): void => {
        for (const { reject } of thread.waiting.splice(0))
          reject(new VirgaError('VIRGA_INTERNAL', `a thread of the controls ended: ${String(cause)}`))
      }
      worker.on('message', (pictures: ControlPictures) => thread.waiting.shift()?.resolve(pictures))
      worker.on('error', fail)
      worker.on('exit', (code) => {
        fail(`exit ${code}`)
      })
      return thread
    })
  }

  /** The controls of a picture, by the thread whose turn it is. */
  run(image: RgbImage): Promise<ControlPictures> {
    const thread = this.#threads[this.#next]
    this.#next = (this.#next + 1) % this.#threads.length
    return new Promise((resolve, reject) => {
      thread.waiting.push({ resolve, reject })
      thread.worker.postMessage(image)
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }
}
