/** A thread of `ImageThreads`: controls of the pictures that it is sent, in their order. */
import { parentPort, workerData } from 'node:worker_threads'
import type { RgbImage } from '@virga/scenario'
import { controlsOf, type ImageControlRequest } from './image-controls.ts'

const requests = workerData as readonly ImageControlRequest[]

parentPort?.on('message', (image: RgbImage) => {
  const pictures = controlsOf(image, requests)
  // A picture that is its own source (vis with preset none) is sent once all the same.
  const buffers = new Set(Object.values(pictures).map(({ data }) => data.buffer as ArrayBuffer))
  parentPort?.postMessage(pictures, [...buffers])
})
