/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import type { Camera, Scenario } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'

export class LidarStyle implements ConditionStyle {
  constructor(_gpu: GPUDevice, _scenario: Scenario, _camera: Camera) {
    throw new VirgaError('VIRGA_INTERNAL', 'lidar-v1 is being written')
  }

  draw(): Promise<GPUTexture> {
    throw new VirgaError('VIRGA_INTERNAL', 'lidar-v1 is being written')
  }

  dispose(): void {}
}
