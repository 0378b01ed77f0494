import { VirgaError } from '@virga/errors'
import { type Tensor, tensor } from '@virga/diffusion'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { type ExecutionProvider, type RunOptions, threadCount, usableProviders } from './providers.ts'

/** 64-bit integers with their shape. */
export interface IndexTensor {
  readonly data: BigInt64Array
  readonly shape: readonly number[]
}

export type Feeds = Readonly<Record<string, Tensor | IndexTensor>>

/** How the providers say that memory ran out. */
const OUT_OF_MEMORY = /bad_alloc|failed to allocate memory|out of memory|ALLOC_FAILED/i

/** An ONNX graph in memory, ready to run. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** The provider that the session was created with. */
  readonly provider: ExecutionProvider
  /**
   * Runs the graph. Feeds that the graph has no input for are left out (exporters drop inputs that have no effect).
   *
   * @throws VirgaError VIRGA_BAD_BUNDLE when an input is missing or the runtime refuses a shape; VIRGA_DEVICE when memory runs out
   */
  run(feeds: Feeds): Promise<Record<string, Tensor>>
  release(): Promise<void>
}

/**
 * Opens an ONNX file with the first provider that takes it.
 *
 * Memory: the network's graphs, which run at every step, keep an arena (a fifth less CPU time); the tokenizer, whose operators are largest, has none, so
 * that what it used goes back to the system. The pattern cache is off, since shapes change with the clip. Threads do not spin while they
 * wait: on a shared machine that costs more than it gains.
 *
 * @throws VirgaError VIRGA_BAD_BUNDLE naming the file and what each provider said
 */
export async function openGraph(name: string, path: string, options: RunOptions = {}): Promise<Graph> {
  const refusals: string[] = []
  for (const provider of options.providers ?? usableProviders()) {
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: [provider],
        intraOpNumThreads: threadCount(options),
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        enableCpuMemArena: name === 'base' || name.startsWith('control_'),
        enableMemPattern: false,
        logSeverityLevel: 3,
        extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
      })
      return wrap(name, path, session, provider)
    } catch (error) {
      if (error instanceof VirgaError) throw error
      refusals.push(`${provider}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new VirgaError('VIRGA_BAD_BUNDLE', `the graph cannot be opened (${refusals.join('; ')})`, { file: path, record: name })
}

function wrap(name: string, path: string, session: InferenceSession, provider: ExecutionProvider): Graph {
  const run = async (feeds: Feeds): Promise<Record<string, Tensor>> => {
    const inputs: Record<string, OrtTensor> = {}
    for (const input of session.inputNames) {
      const feed = feeds[input]
      if (feed === undefined)
        throw new VirgaError('VIRGA_BAD_BUNDLE', `the graph wants an input ${input}`, {
          file: path,
          record: name,
          expected: Object.keys(feeds).join(', '),
        })
      inputs[input] =
        feed.data instanceof BigInt64Array ? new OrtTensor('int64', feed.data, feed.shape) : new OrtTensor('float32', feed.data, feed.shape)
    }
    let outputs: InferenceSession.OnnxValueMapType
    try {
      outputs = await session.run(inputs)
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      if (OUT_OF_MEMORY.test(message))
        throw new VirgaError(
          'VIRGA_DEVICE',
          `the graph ran out of memory on ${provider}`,
          {
            file: path,
            record: name,
            expected: 'fewer frames in one go, fewer controls, a bundle of a narrower precision, or a device with more memory',
          },
          { cause },
        )
      throw new VirgaError('VIRGA_BAD_BUNDLE', `the graph did not run: ${message}`, { file: path, record: name }, { cause })
    }
    return Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, fromOrt(value, name, key)]))
  }
  return { name, inputs: session.inputNames, outputs: session.outputNames, provider, run, release: () => session.release() }
}

function fromOrt(value: OrtTensor, graph: string, output: string): Tensor {
  if (!(value.data instanceof Float32Array))
    throw new VirgaError('VIRGA_BAD_BUNDLE', `output ${output} is ${value.type}`, { record: graph, expected: 'float32' })
  return tensor(value.dims, value.data)
}

/** An output of a graph that must be there. */
export function outputOf(outputs: Record<string, Tensor>, name: string, graph: string): Tensor {
  const value = outputs[name]
  if (value === undefined)
    throw new VirgaError('VIRGA_BAD_BUNDLE', `the graph has no output ${name}`, {
      record: graph,
      expected: Object.keys(outputs).join(', '),
    })
  return value
}
