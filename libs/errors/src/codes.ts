/**
 * The closed list of error codes and the CLI exit code of each.
 *
 * Exit codes: 2 usage, 3 bad input, 4 something missing on this machine, 5 failed while running.
 */
export const errorCodes = {
  /** The command line or a request's options make no sense. */
  VIRGA_USAGE: 2,
  /** A named thing (camera, control, weather, bundle) does not exist; the message lists those that do. */
  VIRGA_UNKNOWN_NAME: 2,
  /** A file or record does not hold what its format says. */
  VIRGA_BAD_INPUT: 3,
  /** A folder or file that was given is in no format that Virga reads. */
  VIRGA_UNKNOWN_FORMAT: 3,
  /** A time, frame or index lies outside what the data covers. */
  VIRGA_OUT_OF_RANGE: 3,
  /** A bundle, blob or file does not have the digest that its manifest states. */
  VIRGA_DIGEST_MISMATCH: 3,
  /** A model bundle cannot be read or does not fit the request. */
  VIRGA_BAD_BUNDLE: 3,
  /** No graphics adapter, library or tool that the work needs. */
  VIRGA_MISSING_DEPENDENCY: 4,
  /** The place to write to cannot be written. */
  VIRGA_CANNOT_WRITE: 4,
  /** The disk is full. */
  VIRGA_DISK_FULL: 4,
  /** The network produced NaN or infinity. */
  VIRGA_NOT_FINITE: 5,
  /** A decoder or encoder gave up. */
  VIRGA_VIDEO: 5,
  /** The graphics device was lost or refused work. */
  VIRGA_DEVICE: 5,
  /** The work was cancelled. */
  VIRGA_CANCELLED: 5,
  /** No resource of that name, or not one of the caller's. */
  VIRGA_NOT_FOUND: 2,
  /** An id or request id was used before with other content; the message says what differs. */
  VIRGA_ALREADY_EXISTS: 2,
  /** The resource has changed since it was read. */
  VIRGA_CONFLICT: 5,
  /** The resource is in a state in which this cannot be done. */
  VIRGA_WRONG_STATE: 2,
  /** A request, record or upload above its limit. */
  VIRGA_TOO_LARGE: 3,
  /** The tenant has used up what it may use. */
  VIRGA_QUOTA: 5,
  /** The work was not done in the time that it was given. */
  VIRGA_DEADLINE: 5,
  /** No token, or one that is not known. */
  VIRGA_UNAUTHENTICATED: 2,
  /** The caller may not do this. */
  VIRGA_FORBIDDEN: 2,
  /** A record of a schema version that this release does not read. */
  VIRGA_FUTURE_VERSION: 3,
  /** A worker whose lease was taken away tried to write. */
  VIRGA_STALE_LEASE: 5,
  /** The database, broker or object store does not answer. */
  VIRGA_UNAVAILABLE: 4,
  /** A defect in Virga itself. */
  VIRGA_INTERNAL: 5,
} as const

export type ErrorCode = keyof typeof errorCodes
