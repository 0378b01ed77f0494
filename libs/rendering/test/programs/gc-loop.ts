/** Opens a device, drops every reference to it, and draws on while the garbage collector runs between frames. Needs --expose-gc. */
import { openRenderDevice, type TexturePixels } from '../../src/index.ts'

const frames = 200
const collect = globalThis.gc
if (collect === undefined) throw new Error('start me with --expose-gc')

/** The device is known to nobody but this generator and what it draws with. */
async function* pictures(): AsyncGenerator<TexturePixels, void, undefined> {
  const device = await openRenderDevice()
  const size = { width: 320, height: 176 }
  const target = device.gpu.createTexture({
    size,
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  })
  for (let frame = 0; frame < frames; frame += 1) {
    const encoder = device.gpu.createCommandEncoder()
    const clearValue = [frame / 255, 1, 0, 1]
    encoder.beginRenderPass({ colorAttachments: [{ view: target.createView(), loadOp: 'clear', storeOp: 'store', clearValue }] }).end()
    device.gpu.queue.submit([encoder.finish()])
    yield await device.readTexture(target)
  }
  device.dispose()
}

let drawn = 0
for await (const { data } of pictures()) {
  collect()
  if (data[0] === drawn && data[1] === 255) drawn += 1
}
process.stdout.write(`${drawn}\n`)
