import { runService } from '@virga/platform'
import { smallWorker } from './parts.ts'

await runService({ name: 'worker', parts: [smallWorker(['render', 'generate'])] })
