import { z } from 'zod'
import { grpcSettings, setting, whole } from '@virga/platform'

/** What the gateway alone reads. */
export const gatewayOnlySettings = z.object({
  VIRGA_SCENARIO_ROOTS: setting(z.string().optional(), {
    about: 'folders below which `file:///` scenarios may lie, on this machine and on those of the workers',
    expected: 'absolute paths divided by ":"',
    defaultText: 'none: such scenarios are refused',
  }),
  VIRGA_SCENARIO_BUCKETS: setting(z.string().optional(), {
    about: 'buckets of the object store from which `s3://` scenarios may be registered',
    expected: 'names divided by ","',
    defaultText: 'none: such scenarios are refused',
  }),
  VIRGA_SCENARIO_CACHE: setting(z.string().optional(), {
    about: 'folder in which the files of scenarios are put to read them; workers of the same machine may share it',
    expected: 'a path',
    defaultText: '`scenarios` below `$VIRGA_HOME`, else `~/.cache/virga`',
  }),
  VIRGA_MAX_UPLOAD_BYTES: whole('largest upload of a scenario, all files together', { min: 1, max: 2 ** 44, default: 64 * 2 ** 30 }),
  VIRGA_MAX_UPLOAD_FILES: whole('most files of an upload', { min: 1, max: 1_000_000, default: 100_000 }),
  VIRGA_MAX_TASKS: whole('most tasks of one augmentation', { min: 1, max: 100_000, default: 10_000 }),
  VIRGA_MAX_FRAMES: whole('most frames of one variant', { min: 1, max: 1_000_000, default: 10_000 }),
})

/** With what every gRPC server reads. */
export const gatewaySettings = z.object({ ...grpcSettings.shape, ...gatewayOnlySettings.shape })

export type GatewayConfig = z.infer<typeof gatewaySettings>
