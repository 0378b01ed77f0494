/** What a use case tells while it works; structured, so that a terminal, a JSON stream and a service can all show it. */
export type ProgressEvent =
  | { readonly kind: 'stage-started'; readonly stage: string; readonly total?: number; readonly unit?: string }
  | { readonly kind: 'stage-progress'; readonly stage: string; readonly done: number; readonly total?: number; readonly unit?: string }
  | { readonly kind: 'stage-finished'; readonly stage: string; readonly reused: boolean; readonly key: string }
  | { readonly kind: 'note'; readonly message: string }

/** Port to whoever watches. Must not throw and must not block. */
export interface Progress {
  report(event: ProgressEvent): void
}

export const silentProgress: Progress = { report: () => undefined }
