import { timestampMs } from '@virga/contracts'

/** A time of the API in UTC to the second; empty where there is none. */
export function when(time: Parameters<typeof timestampMs>[0] | undefined): string {
  return time === undefined ? '' : `${new Date(timestampMs(time)).toISOString().slice(0, 19)}Z`
}
