import { type Camera, composePose, fthetaRadius, quatFromAxisAngle, unproject } from '@virga/scenario'

/** From which place of which face each pixel of the lens's picture comes. */
export interface LensMap {
  readonly faces: readonly Camera[]
  /** Face of each pixel; 255 where no ray lands. */
  readonly face: Uint8Array
  /** Place in the face's picture, pixels (centres at +0.5), 2 per pixel. */
  readonly place: Float32Array
  /** Metres along the lens's axis per metre along the face's, per pixel. */
  readonly depthScale: Float32Array
}

/** Largest horizontal angle that one pinhole takes to either side, radians: beyond it the picture's rim grows too fine. */
const halfFace = 0.75
/** Pixels around a face's picture, for what is between two of them. */
const margin = 2

/** Covers the view of any lens with pinholes side by side, each as fine in its middle as the lens in its own. */
export function lensMap(camera: Camera): LensMap {
  const { model, width, height } = camera
  const count = width * height
  const rays = new Float64Array(3 * count).fill(NaN)
  let widest = 0
  for (let i = 0; i < count; i++) {
    const ray = unproject(model, (i % width) + 0.5, Math.floor(i / width) + 0.5)
    if (ray === undefined) continue
    rays.set(ray, 3 * i)
    widest = Math.max(widest, Math.abs(Math.atan2(ray[0], ray[2])))
  }
  const focal = model.kind === 'ftheta' ? fthetaRadius(model, 1e-4) / 1e-4 : model.fx
  const parts = Math.max(1, Math.ceil(widest / halfFace))
  const step = (2 * widest) / parts
  const turns = Array.from({ length: parts }, (_, k) => -widest + (k + 0.5) * step)
  const face = new Uint8Array(count).fill(255)
  const place = new Float32Array(2 * count)
  const depthScale = new Float32Array(count)
  const extents = turns.map(() => ({ x: 0, top: 0, bottom: 0 }))
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [rays[3 * i], rays[3 * i + 1], rays[3 * i + 2]]
    if (Number.isNaN(x)) continue
    const azimuth = Math.atan2(x, z)
    const k = Math.min(parts - 1, Math.max(0, Math.floor((azimuth + widest) / step)))
    // Turned about the lens's own vertical.
    const along = Math.cos(turns[k]) * z + Math.sin(turns[k]) * x
    const across = Math.cos(turns[k]) * x - Math.sin(turns[k]) * z
    if (along <= 0.05) continue
    face[i] = k
    place[2 * i] = (focal * across) / along
    place[2 * i + 1] = (focal * y) / along
    depthScale[i] = z / along
    const extent = extents[k]
    extent.x = Math.max(extent.x, Math.abs(place[2 * i]))
    extent.top = Math.max(extent.top, -place[2 * i + 1])
    extent.bottom = Math.max(extent.bottom, place[2 * i + 1])
  }
  const faces = extents.map(({ x, top, bottom }, k): Camera => {
    const cx = Math.ceil(x) + margin
    const cy = Math.ceil(top) + margin
    const turn = { rotation: quatFromAxisAngle([0, 1, 0], turns[k]), translation: [0, 0, 0] } as const
    return {
      name: `${camera.name}/${k}`,
      model: { kind: 'pinhole', fx: focal, fy: focal, cx, cy },
      width: 2 * cx,
      height: cy + Math.ceil(bottom) + margin,
      camera_to_vehicle: composePose(camera.camera_to_vehicle, turn),
    }
  })
  for (let i = 0; i < count; i++) {
    if (face[i] === 255) continue
    const { model: pinhole } = faces[face[i]]
    if (pinhole.kind !== 'pinhole') continue
    place[2 * i] += pinhole.cx
    place[2 * i + 1] += pinhole.cy
  }
  return { faces, face, place, depthScale }
}
