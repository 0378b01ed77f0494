import { runService } from '@virga/platform'
import { generatorParts } from '@virga/workers'

await runService({ name: 'generator', parts: generatorParts })
