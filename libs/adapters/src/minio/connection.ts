import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { VirgaError } from '@virga/errors'
import { Client } from 'minio'
import { passes, storeError } from './minio-errors.ts'

/** How to reach an S3 server. */
export interface MinioAccess {
  /** `http://host:port` or `https://host:port`. */
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  /** Default us-east-1, which is MinIO's. */
  readonly region?: string
  /** How long a request is tried again while the server does not answer, ms; default 15 s: longer than a restart. */
  readonly patienceMs?: number
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly object?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: Buffer
  /** Statuses that are answers, not errors; default 200. */
  readonly expected?: readonly number[]
}

export interface S3Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const silenceMs = 30_000
const [firstDelayMs, longestDelayMs] = [50, 2000]
export const defaultRegion = 'us-east-1'

/** A bucket of an S3 server: signed requests, tried again with back-off while they may pass, no request without an end. */
export class Connection {
  readonly client: Client
  readonly bucket: string
  readonly region: string
  /** Address and bucket, for messages. */
  readonly where: string
  readonly #patienceMs: number

  /** @throws VirgaError VIRGA_USAGE when the endpoint is none, or there are no keys */
  constructor(access: MinioAccess, bucket: string) {
    const url = URL.canParse(access.endpoint) ? new URL(access.endpoint) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '') {
      throw new VirgaError('VIRGA_USAGE', 'no address of an object store', {
        file: url === undefined ? access.endpoint : url.origin,
        field: 'endpoint',
        expected: 'http://host:port or https://host:port',
      })
    }
    this.where = `${url.origin}/${bucket}`
    if (access.accessKey === '' || access.secretKey === '') {
      throw new VirgaError('VIRGA_USAGE', 'no credentials of the object store', { file: this.where, expected: 'access key and secret key' })
    }
    this.bucket = bucket
    this.region = access.region ?? defaultRegion
    this.#patienceMs = access.patienceMs ?? 15_000
    const useSSL = url.protocol === 'https:'
    this.client = new Client({
      endPoint: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (useSSL ? 443 : 80) : Number(url.port),
      useSSL,
      accessKey: access.accessKey,
      secretKey: access.secretKey,
      region: this.region,
      transport: { request: endingRequest(useSSL) },
      transportAgent: useSSL ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
      // Its retries drop the server's answer and write to the console; ours are below.
      retryOptions: { disableRetry: true },
    })
  }

  /** One request, its answer read in full. @throws VirgaError VIRGA_UNAVAILABLE, VIRGA_DISK_FULL */
  async request(asked: S3Request): Promise<S3Answer> {
    return this.patiently(async () => {
      const response = await this.#send(asked)
      return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) }
    })
  }

  /** One request whose answer is read by the caller. Only the beginning is tried again. */
  async open(asked: S3Request): Promise<IncomingMessage> {
    return this.patiently(() => this.#send(asked))
  }

  /** Does `work` again while it fails with what may pass, for as long as patience lasts. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    const until = performance.now() + this.#patienceMs
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
      try {
        return await work()
      } catch (error) {
        const waitMs = delayMs * (0.5 + Math.random())
        if (!passes(error) || performance.now() + waitMs > until) throw storeError(error, this.where)
        await sleep(waitMs)
      }
    }
  }

  #send({ method, object, query, headers, payload, expected }: S3Request): Promise<IncomingMessage> {
    return this.client.makeRequestAsync(
      {
        method,
        bucketName: this.bucket,
        ...(object === undefined ? {} : { objectName: object }),
        ...(query === undefined ? {} : { query }),
        headers: { ...headers },
      },
      payload ?? '',
      [...(expected ?? [200])],
      this.region,
    )
  }
}

/** Requests that break off when the server is silent: one that is stopped or cut off would hold its caller for ever. */
function endingRequest(useSSL: boolean): typeof httpRequest {
  const begin = useSSL ? httpsRequest : httpRequest
  const ending = (options: RequestOptions, answered?: (response: IncomingMessage) => void) => {
    const request = begin(options, answered)
    request.setTimeout(silenceMs, () => {
      request.destroy(Object.assign(new Error(`no byte in ${silenceMs / 1000} s`), { code: 'ETIMEDOUT' }))
    })
    return request
  }
  return ending as typeof httpRequest
}
