import type { RequestValue } from './value.ts'

export const requestExamples: readonly RequestValue[] = [
  {
    schema: 'virga.request/1',
    requestId: '7d9f0a52-4a51-4d2c-9d35-0f4b9a1f4a11',
    tenant: 'perception',
    augmentation: {
      scenario: 'scenarios/highway-0042',
      cameras: ['ring_front_center'],
      variants: [{ look: { weather: 'rain', lighting: 'night' } }],
    },
  },
  {
    schema: 'virga.request/1',
    requestId: '2f2d2a0e-9a55-4a8c-8a37-3a1b8b0f6a77',
    tenant: 'simulation',
    augmentationId: 'winter-7',
    augmentation: {
      scenario: 'scenarios/city-0007',
      cameras: ['front', 'rear'],
      variants: [{ variantId: 'blizzard', preset: 'presets/heavy-snow-day', seed: 4, prompt: 'thick snow, low sun' }],
      bundle: 'bundles/mini',
      generation: { frames: 49, startOffset: '1.5s', steps: 10, guidance: 3, controlMap: 'road-and-vehicles' },
      priority: 'PRIORITY_BULK',
      timeout: '3600s',
      labels: { campaign: 'winter' },
    },
  },
]
