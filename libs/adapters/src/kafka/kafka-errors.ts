import { type ErrorCode, isVirgaError, VirgaError } from '@virga/errors'

/** Codes for what the broker itself answers; https://kafka.apache.org/protocol#protocol_error_codes */
const answers: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'VIRGA_NOT_FOUND',
  MESSAGE_TOO_LARGE: 'VIRGA_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'VIRGA_TOO_LARGE',
  SASL_AUTHENTICATION_FAILED: 'VIRGA_UNAUTHENTICATED',
  ILLEGAL_SASL_STATE: 'VIRGA_UNAUTHENTICATED',
  UNSUPPORTED_SASL_MECHANISM: 'VIRGA_UNAUTHENTICATED',
  TOPIC_AUTHORIZATION_FAILED: 'VIRGA_FORBIDDEN',
  GROUP_AUTHORIZATION_FAILED: 'VIRGA_FORBIDDEN',
  CLUSTER_AUTHORIZATION_FAILED: 'VIRGA_FORBIDDEN',
}

/** The error of the client library as one of ours; it names the brokers. What is not an answer of a broker counts as a broker that is away. */
export function busError(error: unknown, brokers: readonly string[]): VirgaError {
  if (isVirgaError(error)) return error
  const innermost = innermostOf(error)
  const message = innermost instanceof Error ? innermost.message : String(innermost)
  const type = typeof innermost === 'object' && innermost !== null && 'type' in innermost ? String(innermost.type) : ''
  const name = innermost instanceof Error ? innermost.name : ''
  const code = name.startsWith('KafkaJSSASL') ? 'VIRGA_UNAUTHENTICATED' : (answers[type] ?? 'VIRGA_UNAVAILABLE')
  const what = code === 'VIRGA_UNAVAILABLE' ? 'the Kafka broker does not answer' : 'the Kafka broker refuses'
  return new VirgaError(code, `${what} at ${brokers.join(', ')}: ${message}`, {}, { cause: error })
}

export function unknownTopic(topic: string, brokers: readonly string[]): VirgaError {
  const message = `no topic ${topic} on the Kafka broker at ${brokers.join(', ')}: \`virga topics apply\` makes the topics`
  return new VirgaError('VIRGA_NOT_FOUND', message)
}

function innermostOf(error: unknown): unknown {
  const isOfLibrary = error instanceof Error && error.name.startsWith('KafkaJS')
  return isOfLibrary && error.cause !== undefined ? innermostOf(error.cause) : error
}
