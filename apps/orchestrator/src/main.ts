import { runService } from '@virga/platform'
import { orchestratorParts } from '@virga/workers'

await runService({ name: 'orchestrator', parts: orchestratorParts })
