/// <reference types="@webgpu/types" />
import type { Micros } from '@virga/scenario'

/** One camera's condition in one style: draws a frame at a time into a texture that stays its own. */
export interface ConditionStyle {
  /** Submits the work of one frame; the texture (rgba8unorm) holds it until the next call's work runs. */
  draw(timeUs: Micros): Promise<GPUTexture>
  dispose(): void
}
