import { Color, Mesh, MeshBasicNodeMaterial, OrthographicCamera, PlaneGeometry, RenderTarget, Scene } from 'three/webgpu'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRenderDevice, type RenderDevice } from './render-device.ts'

let device: RenderDevice
beforeAll(async () => {
  device = await openRenderDevice()
})
afterAll(() => {
  device.dispose()
})

it('renders a three.js scene with exact 8-bit colours and reads it back, with rows that need padding', async () => {
  const target = new RenderTarget(70, 40, { depthBuffer: true })
  const scene = new Scene()
  scene.background = new Color(98 / 255, 183 / 255, 249 / 255)
  const material = new MeshBasicNodeMaterial()
  material.color.setRGB(200 / 255, 36 / 255, 35 / 255)
  const quad = new Mesh(new PlaneGeometry(1, 2), material)
  quad.position.x = -0.5
  scene.add(quad)
  const camera = new OrthographicCamera(-1, 1, 1, -1, -1, 1)
  device.renderer.setRenderTarget(target)
  device.advanceFrame()
  device.renderer.render(scene, camera)
  const { data, width, height, channels } = await device.readTarget(target)
  expect([width, height, channels]).toEqual([70, 40, 4])
  const pixel = (x: number, y: number): number[] => [...data.subarray((y * 70 + x) * 4, (y * 70 + x) * 4 + 4)]
  expect(pixel(5, 20)).toEqual([200, 36, 35, 255])
  expect(pixel(65, 39)).toEqual([98, 183, 249, 255])
})
