import { z } from 'zod'
import { optionalFile, setting, whole } from '../config/setting.ts'

/** What a gRPC server reads. */
export const grpcSettings = z.object({
  VIRGA_LISTEN: setting(
    z
      .string()
      .regex(/^(.+:\d{1,5}|unix:.+)$/)
      .default('127.0.0.1:7443'),
    {
      about: 'where the gRPC API listens; port 0: any that is free',
      expected: '`host:port` or `unix:PATH`',
    },
  ),
  VIRGA_TOKENS: optionalFile('file of tokens, a line `TOKEN TENANT [NAME]` each; without it everyone is the tenant `default`'),
  VIRGA_TLS_CERT: optionalFile("the server's certificate and its chain, PEM; with it and the key TLS is on"),
  VIRGA_TLS_KEY: optionalFile("the server's private key, PEM"),
  VIRGA_TLS_CLIENT_CA: optionalFile('certificates of those who sign clients, PEM; with it clients must show one (mutual TLS)'),
  VIRGA_MAX_MESSAGE_BYTES: whole('largest message that is taken or sent', { min: 65_536, max: 268_435_456, default: 4_194_304 }),
  VIRGA_KEEPALIVE_MS: whole('a connection that is idle for so long is asked whether it is alive, milliseconds', {
    min: 1000,
    max: 7_200_000,
    default: 30_000,
  }),
  VIRGA_MAX_STREAMS: whole('calls at a time on one connection', { min: 1, max: 100_000, default: 1000 }),
})

export type GrpcConfig = z.infer<typeof grpcSettings>
