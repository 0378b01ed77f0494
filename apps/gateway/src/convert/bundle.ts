import { type Bundle, BundleSchema, create, type Preset, PresetSchema } from '@virga/contracts'
import type { BundleShelf, Preset as StoredPreset } from '@virga/orchestration'

type StoredBundle = Awaited<ReturnType<BundleShelf['find']>>

export function bundleMessage({ digest, manifest }: StoredBundle): Bundle {
  const { name, version, licence, video, controls, defaults, looks } = manifest
  return create(BundleSchema, {
    name: `bundles/${name}`,
    version,
    sha256: digest,
    licence,
    size: { width: video.width, height: video.height },
    frameRate: video.fps,
    clipFrames: video.frames,
    controls: Object.entries(controls).map(([control, { style, preset }]) => ({
      name: control,
      style: style ?? '',
      preset: preset ?? '',
      defaultWeight: defaults.controlWeights[control] ?? 0,
    })),
    looks: looks.map(({ weather, lighting, surface, prompt }) => ({ look: { weather, lighting }, surface, prompt })),
    defaultSteps: defaults.steps,
    defaultGuidance: defaults.guidance,
  })
}

export function presetMessage({ id, version, description, look, prompt, negativePrompt }: StoredPreset): Preset {
  const { weather, lighting } = look
  return create(PresetSchema, {
    name: `presets/${id}`,
    version,
    description,
    look: { weather, lighting },
    prompt: prompt ?? '',
    negativePrompt: negativePrompt ?? '',
  })
}
