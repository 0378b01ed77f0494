export { gatewayPart, gatewayPartWith } from './gateway-part.ts'
export { gatewaySettings } from './gateway-settings.ts'
