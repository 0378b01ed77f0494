import { writeFileSync } from 'node:fs'
import { deflateSync, crc32 } from 'node:zlib'
import { openRenderDevice } from '@virga/rendering'
import { simulateDrive } from '../src/world/drive.ts'
import { DriveRenderer } from '../src/render/drive-renderer.ts'
import { parseLook } from '../src/weather/looks.ts'

const [out, seedsText, framesText, looksText, sizeText = '320x176'] = process.argv.slice(2)
const seeds = seedsText.split(',').map(Number)
const frames = framesText.split(',').map(Number)
const looks = looksText.split(',').map(parseLook)
const [width, height] = sizeText.split('x').map(Number)
const device = await openRenderDevice()
console.log(device.adapter.name)
const extra = 2
const rows = seeds.length * frames.length
const W = width * (looks.length + extra), H = height * rows
const sheet = new Uint8Array(W * H * 3)
const palette = [[135,190,235],[90,90,95],[255,255,255],[255,200,80],[180,160,160],[120,170,80],[170,90,70],[30,110,40],[230,230,0],[255,0,255],[20,60,220],[255,40,40]]
let row = 0
for (const seed of seeds) {
  const drive = simulateDrive({ seed, seconds: Math.max(2, Math.max(...frames) / 24 + 0.2) })
  const r = await DriveRenderer.open(device, drive, drive.scenario.rig.cameras[0], { width, height, supersample: width <= 640 ? 2 : 1 })
  for (const f of frames) {
    const t0 = performance.now()
    const { depth, seg, images } = await r.frame(f, looks)
    console.log(seed, drive.street.setting, f, (performance.now() - t0).toFixed(0), 'ms')
    const put = (col: number, at: (i: number) => number[]): void => {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sheet.set(at(y * width + x), ((row * height + y) * W + col * width + x) * 3)
    }
    images.forEach((im, c) => put(c, (i) => [im.data[i*3], im.data[i*3+1], im.data[i*3+2]]))
    put(looks.length, (i) => palette[seg[i]])
    put(looks.length + 1, (i) => { const v = depth[i] === 0 ? 0 : Math.round(255 * Math.exp(-depth[i] / 30)); return [v, v, v] })
    row++
  }
  r.dispose()
}
const raw = new Uint8Array(H * (1 + W * 3))
for (let y = 0; y < H; y++) raw.set(sheet.subarray(y * W * 3, (y + 1) * W * 3), y * (1 + W * 3) + 1)
const chunk = (type: string, data: Uint8Array): Buffer => { const b = Buffer.alloc(12 + data.length); b.writeUInt32BE(data.length, 0); b.write(type, 4); b.set(data, 8); b.writeUInt32BE(crc32(b.subarray(4, 8 + data.length)), 8 + data.length); return b }
const head = Buffer.alloc(13); head.writeUInt32BE(W, 0); head.writeUInt32BE(H, 4); head[8] = 8; head[9] = 2
writeFileSync(out, Buffer.concat([Buffer.from([137,80,78,71,13,10,26,10]), chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', new Uint8Array())]))
device.dispose()
