export { type ErrorCode, errorCodes } from './codes.ts'
export { exitCodeOf, isVirgaError, VirgaError, type ErrorPlace } from './virga-error.ts'
