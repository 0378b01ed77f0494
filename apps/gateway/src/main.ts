import { runService } from '@virga/platform'
import { gatewayPart } from './gateway-part.ts'

await runService({ name: 'gateway', parts: [gatewayPart] })
