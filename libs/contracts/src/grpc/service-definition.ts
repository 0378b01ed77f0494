import { type DescFile, type DescMethod, type DescService, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'

/** One method in the form that grpc-js takes (its `MethodDefinition`), with the types of the messages. */
export interface GrpcMethod<M extends DescMethod = DescMethod> {
  /** Such as "/virga.v1.TaskService/ListTasks". */
  readonly path: string
  readonly requestStream: boolean
  readonly responseStream: boolean
  readonly requestSerialize: (message: MessageShape<M['input']>) => Buffer
  readonly requestDeserialize: (bytes: Buffer) => MessageShape<M['input']>
  readonly responseSerialize: (message: MessageShape<M['output']>) => Buffer
  readonly responseDeserialize: (bytes: Buffer) => MessageShape<M['output']>
  /** The method's name in lowerCamelCase, under which grpc-js offers it as well. */
  readonly originalName: string
}

type MethodOf<Shape> = Shape extends DescMethod ? Shape : DescMethod

/** A service in the form that grpc-js takes (its `ServiceDefinition`), for servers and clients alike. */
export type GrpcService<Methods extends GenServiceMethods = GenServiceMethods> = {
  readonly [Name in keyof Methods as Capitalize<Name & string>]: GrpcMethod<MethodOf<GenService<Methods>['method'][Name]>>
}

/**
 * Makes the definition of a generated service. Messages on the wire are the generated types themselves: 64-bit numbers are bigint, enums
 * numbers, oneofs tagged. No .proto file is read at run time.
 */
export function grpcService<Methods extends GenServiceMethods>(service: GenService<Methods>): GrpcService<Methods> {
  return Object.fromEntries(service.methods.map((method) => [method.name, grpcMethod(service, method)])) as unknown as GrpcService<Methods>
}

/** A message type in the form in which grpc-js' package definitions carry it; reflection reads the files. */
export interface GrpcMessageType {
  readonly format: 'Protocol Buffer 3 DescriptorProto'
  readonly type: { readonly name: string }
  readonly fileDescriptorProtos: readonly Buffer[]
}

/**
 * Services under their full names, for grpc-js' `loadPackageDefinition`, the `packageDefinition` option of NestJS' gRPC transport, and
 * `@grpc/reflection`, which takes the descriptors of the files and all that they import from here.
 */
export function grpcPackage(services: readonly DescService[]): Record<string, GrpcService | GrpcMessageType> {
  const entries: [string, GrpcService | GrpcMessageType][] = []
  for (const service of services) {
    const fileDescriptorProtos = [...withImports(service.file)].map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)))
    for (const { typeName, name } of service.file.messages) {
      entries.push([typeName, { format: 'Protocol Buffer 3 DescriptorProto', type: { name }, fileDescriptorProtos }])
    }
    entries.push([service.typeName, grpcService(service as GenService<GenServiceMethods>)])
  }
  return Object.fromEntries(entries)
}

function grpcMethod(service: DescService, method: DescMethod): GrpcMethod {
  const { input, output } = method
  return {
    path: `/${service.typeName}/${method.name}`,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: (message) => Buffer.from(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => Buffer.from(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
    originalName: method.localName,
  }
}

function withImports(file: DescFile, seen = new Set<DescFile>()): Set<DescFile> {
  for (const imported of file.dependencies) if (!seen.has(imported)) withImports(imported, seen)
  return seen.add(file)
}
