import { openRenderDevice } from '@virga/rendering'
import { parseLook, simulateDrive } from '../src/index.ts'
import { DriveRenderer } from '../src/render/drive-renderer.ts'
import { staticGeometry, actorGeometry } from '../src/geometry/static-geometry.ts'
const device = await openRenderDevice()
const drive = simulateDrive({ seed: 3, seconds: 3 })
const g = staticGeometry(drive)
console.log('static tris', g.indices.length / 3, g.chunks.map((c) => Math.round(c.indexCount / 3)).join(' '))
console.log('actor tris', actorGeometry().chunks.map((c) => c.indexCount / 3).join(' '), 'actors', drive.actors.length)
const [camera] = drive.scenario.rig.cameras
for (const [name, d] of [['all', drive], ['no actors', { ...drive, actors: [] }], ['no trees', { ...drive, furniture: { ...drive.furniture, trees: [] } }], ['neither', { ...drive, actors: [], furniture: { ...drive.furniture, trees: [] } }]] as const) {
  const r = await DriveRenderer.open(device, d, camera, { width: 320, height: 176, supersample: 2 })
  for (const looks of [[], [parseLook('clear/day')], [parseLook('overcast/day')]]) {
    await r.frame(0, looks)
    const b = process.cpuUsage()
    for (let i = 0; i < 20; i++) await r.frame(i, looks)
    const u = process.cpuUsage(b)
    console.log(name, looks.length ? looks[0].weather : '-', ((u.user + u.system) / 20000).toFixed(1), 'user', (u.user / 20000).toFixed(1))
  }
  r.dispose()
}
device.dispose()
