import { runService } from '@virga/platform'
import { rendererParts } from '@virga/workers'

await runService({ name: 'renderer', parts: rendererParts })
