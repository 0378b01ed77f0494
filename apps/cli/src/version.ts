/** Virga's version, as `virga --version` and manifests state it. */
export const version = '0.1.0'
