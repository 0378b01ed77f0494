import type { Part } from '@virga/platform'

/** The gRPC API as a part of a process: `virga-gateway` hosts it alone, `virga serve` beside all others. */
export const gatewayPart: Part = {
  name: 'gateway',
  run: () => Promise.reject(new Error('gateway: body follows')),
}
