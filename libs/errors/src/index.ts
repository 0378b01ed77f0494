export { type ErrorCode, errorCodes } from './codes.ts'
export { type RetryClass, retryClasses, retryClassOf } from './retry-class.ts'
export { exitCodeOf, isVirgaError, VirgaError, type ErrorPlace } from './virga-error.ts'
