export { gatewayPart } from './gateway-part.ts'
