import { createRequire } from 'node:module'
import { credentials, type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { protoPath } from 'grpc-health-check'

const reflectionProto = createRequire(import.meta.resolve('@grpc/reflection')).resolve(
  '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
)

/** What a generic client such as grpcurl asks a server: the services that it lists (grpc.reflection.v1) and its health (grpc.health.v1). */
export async function probe(address: string): Promise<{ services: string[]; health: string }> {
  const reflection = stub<{ ServerReflectionInfo(): NodeJS.ReadWriteStream }>(
    reflectionProto,
    'grpc.reflection.v1.ServerReflection',
    address,
  )
  const health = stub<{ check(request: object, done: (error: Error | null, answer: { status: string }) => void): void }>(
    protoPath,
    'grpc.health.v1.Health',
    address,
  )
  try {
    const services = await new Promise<string[]>((resolve, reject) => {
      const stream = reflection.ServerReflectionInfo()
      stream.once('data', (answer: Listed) => resolve(answer.listServicesResponse.service.map(({ name }) => name)))
      stream.once('error', reject)
      stream.write({ listServices: '' } as never)
      stream.end()
    })
    const status = await new Promise<string>((resolve, reject) =>
      health.check({ service: '' }, (error, answer) => (error === null ? resolve(answer.status) : reject(error))),
    )
    return { services, health: status }
  } finally {
    reflection.close()
    health.close()
  }
}

interface Listed {
  readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] }
}

function stub<Methods>(proto: string, service: string, address: string): Methods & { close(): void } {
  let at: GrpcObject | GrpcObject[string] = loadPackageDefinition(loadSync(proto, { enums: String }))
  for (const part of service.split('.')) at = (at as GrpcObject)[part]
  return new (at as ServiceClientConstructor)(address, credentials.createInsecure()) as unknown as Methods & { close(): void }
}
