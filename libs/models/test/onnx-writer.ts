/**
 * Writes small ONNX models (field numbers of onnx.proto3, IR version 9), so that tests run real sessions on graphs whose result is known, without
 * Python and without a file in the repository.
 */

type Bytes = number[]

function varint(value: number): Bytes {
  const out: Bytes = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  out.push(Number(rest))
  return out
}

const integer = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)]
const block = (field: number, body: ArrayLike<number>): Bytes => [...varint((field << 3) | 2), ...varint(body.length), ...Array.from(body)]
const text = (field: number, value: string): Bytes => block(field, new TextEncoder().encode(value))

const FLOAT = 1
const INT64 = 7

export type Attribute = number | readonly number[] | string

/** One operator. Number attributes are integers. */
export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** A constant of the graph. */
export interface Constant {
  readonly shape: readonly number[]
  readonly data: readonly number[]
  readonly type?: 'float32' | 'int64'
}

/** A graph input or output; names stand for dynamic extents. */
export interface Port {
  readonly shape: readonly (number | string)[]
  readonly type?: 'float32' | 'int64'
}

export interface Model {
  readonly inputs: Readonly<Record<string, Port>>
  readonly outputs: Readonly<Record<string, Port>>
  readonly constants?: Readonly<Record<string, Constant>>
  readonly nodes: readonly Node[]
}

/** The bytes of an .onnx file. */
export function writeOnnx(model: Model): Uint8Array {
  const graph = [
    ...model.nodes.flatMap((node, index) => block(1, nodeBytes(node, index))),
    ...text(2, 'test'),
    ...Object.entries(model.constants ?? {}).flatMap(([name, constant]) => block(5, constantBytes(name, constant))),
    ...Object.entries(model.inputs).flatMap(([name, port]) => block(11, portBytes(name, port))),
    ...Object.entries(model.outputs).flatMap(([name, port]) => block(12, portBytes(name, port))),
  ]
  return Uint8Array.from([...integer(1, 9), ...block(8, [...text(1, ''), ...integer(2, 18)]), ...block(7, graph)])
}

function nodeBytes({ op, inputs, outputs, attributes = {} }: Node, index: number): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(3, `${op}_${index}`),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => block(5, attributeBytes(name, value))),
  ]
}

function attributeBytes(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return [...text(1, name), ...integer(3, value), ...integer(20, 2)]
  if (typeof value === 'string') return [...text(1, name), ...text(4, value), ...integer(20, 3)]
  return [...text(1, name), ...value.flatMap((item) => integer(8, item)), ...integer(20, 7)]
}

function constantBytes(name: string, { shape, data, type = 'float32' }: Constant): Bytes {
  const raw = type === 'int64' ? BigInt64Array.from(data, BigInt).buffer : Float32Array.from(data).buffer
  return [
    ...shape.flatMap((extent) => integer(1, extent)),
    ...integer(2, type === 'int64' ? INT64 : FLOAT),
    ...text(8, name),
    ...block(9, new Uint8Array(raw)),
  ]
}

function portBytes(name: string, { shape, type = 'float32' }: Port): Bytes {
  const dims = shape.flatMap((extent) => block(1, typeof extent === 'number' ? integer(1, extent) : text(2, extent)))
  const tensorType = [...integer(1, type === 'int64' ? INT64 : FLOAT), ...block(2, dims)]
  return [...text(1, name), ...block(2, block(1, tensorType))]
}
