/** What one look at this machine found. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What to do about it. */
  readonly hint?: string
}
