import { runService } from '@virga/platform'
import { relay, requests, smallWorker, sweeper } from './parts.ts'

await runService({ name: 'orchestrator', parts: [relay, sweeper, requests, smallWorker(['inspect', 'publish'])] })
