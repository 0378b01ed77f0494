import { type ErrorPlace, VirgaError } from '@virga/errors'
import { openZip } from '@virga/formats'
import { type ElementName, elementTypes } from './number-file.ts'
import { PickledCall, PickledGlobal, PickledReference, PickleRefused, readPickle } from './pickle.ts'

/** A tensor of a torch file: elements where the strides say. */
export interface TorchTensor {
  readonly type: ElementName
  readonly shape: readonly number[]
  /** Elements from one index to the next along each axis, and of the first element. */
  readonly strides: readonly number[]
  readonly offset: number
  /** The storage's bytes, little-endian. */
  readonly bytes: Uint8Array
}

const storages: Readonly<Record<string, ElementName>> = {
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.FloatStorage': 'float32',
  'torch.DoubleStorage': 'float64',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'uint8',
  'torch.CharStorage': 'int8',
  'torch.ShortStorage': 'int16',
  'torch.IntStorage': 'int32',
  'torch.LongStorage': 'int64',
}

const expected = 'one tensor, as torch.save(tensor, file) writes it'
const maxPickleBytes = 1 << 20
const maxStorageBytes = 2 ** 30
/** How protocol 2 begins torch's old file format: the number 0x1950a86a20f9469cfc6c. */
const legacyStart = Buffer.from([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46])

/**
 * Reads the one tensor of a file that torch.save wrote (zip format, since PyTorch 1.6). The pickle within is read as data: its only call may be
 * the one that names the tensor's storage, shape and strides, and nothing in it is executed.
 *
 * @throws VirgaError VIRGA_BAD_INPUT: no such file, the format before 1.6, anything but one plain tensor, a storage that is too short
 */
export function readTorchTensor(bytes: Uint8Array, place: ErrorPlace): TorchTensor {
  const bad = (message: string, wanted = expected): VirgaError => new VirgaError('VIRGA_BAD_INPUT', message, { ...place, expected: wanted })
  if (Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 8)).equals(legacyStart))
    throw bad('the torch file is in the format before PyTorch 1.6', 'the file saved anew: torch.save(torch.load(file), file)')
  const zip = openZip(bytes, place, { archive: 'a file that torch.save wrote', maxMemberBytes: maxStorageBytes })
  const pickle = zip.names.find((name) => /^[^/]+\/data\.pkl$/.test(name))
  if (pickle === undefined) throw bad('the archive holds no data.pkl')
  const root = pickle.slice(0, -'data.pkl'.length)
  if (zip.names.includes(`${root}byteorder`) && zip.read(`${root}byteorder`).toString('latin1') !== 'little')
    throw bad('the tensor is in big-endian order', 'a file written on a little-endian machine')
  const program = zip.read(pickle)
  if (program.length > maxPickleBytes) throw bad(`data.pkl has ${program.length} bytes`)
  const { storage, ...tensor } = described(program, bad)
  const data = zip.read(`${root}data/${storage}`)
  const size = elementTypes[tensor.type].bytes
  const last = tensor.offset + tensor.shape.reduce((sum, length, axis) => sum + Math.max(0, length - 1) * tensor.strides[axis], 0)
  if (tensor.shape.every((length) => length > 0) && (last + 1) * size > data.length)
    throw bad(`the storage has ${data.length} bytes`, `at least ${(last + 1) * size} for ${tensor.shape.join(' x ')} values of ${size}`)
  return { ...tensor, bytes: data }
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

type Described = Omit<TorchTensor, 'bytes'> & { readonly storage: string }

function described(program: Uint8Array, bad: (message: string) => VirgaError): Described {
  let value: unknown
  try {
    value = readPickle(program)
  } catch (cause) {
    if (cause instanceof PickleRefused) throw bad(`the file's pickle is refused: ${cause.message}`)
    throw cause
  }
  if (!(value instanceof PickledCall)) throw bad(`the file holds ${value instanceof Map ? 'a dictionary' : 'no tensor'}`)
  if (value.of !== 'torch._utils._rebuild_tensor_v2') throw bad(`the file holds what ${value.of.slice(0, 200)} makes`)
  const [reference, offset, shape, strides] = value.args
  const id = reference instanceof PickledReference ? reference.id : undefined
  if (!Array.isArray(id) || id.length !== 5 || id[0] !== 'storage') throw bad('the tensor has no storage')
  const [, kind, key] = id as unknown[]
  const type = kind instanceof PickledGlobal && Object.hasOwn(storages, kind.name) ? storages[kind.name] : undefined
  if (type === undefined) throw bad(`the tensor's storage is ${kind instanceof PickledGlobal ? kind.name.slice(0, 200) : 'unknown'}`)
  if (typeof key !== 'string') throw bad("the tensor's storage has no name")
  const isIndex = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0
  if (!isIndex(offset) || !isList(shape) || !isList(strides) || shape.length !== strides.length) throw bad('the tensor has no shape')
  if (shape.length > 8 || ![...shape, ...strides].every(isIndex)) throw bad('the tensor has an impossible shape')
  return { type, shape: shape as number[], strides: strides as number[], offset, storage: key }
}
