import { Mesh } from './mesh.ts'

/** Length of street, in metres, whose static geometry is drawn or left out together. */
export const chunkLength = 20

/** A span of the static index buffer with its bounding sphere. */
export interface Chunk {
  readonly firstIndex: number
  readonly indexCount: number
  readonly centre: readonly [number, number, number]
  readonly radius: number
}

/** Static geometry of a whole drive in one vertex and one index buffer. */
export interface StaticGeometry {
  readonly vertices: Uint8Array<ArrayBuffer>
  readonly indices: Uint32Array<ArrayBuffer>
  readonly chunks: readonly Chunk[]
}

/** Collects meshes by arc length. */
export class ChunkedMesh {
  private readonly meshes = new Map<number, Mesh>()

  /** The mesh of the chunk that holds arc length s. */
  at(s: number): Mesh {
    const key = Math.floor(s / chunkLength)
    let mesh = this.meshes.get(key)
    if (mesh === undefined) {
      mesh = new Mesh()
      this.meshes.set(key, mesh)
    }
    return mesh
  }

  pack(): StaticGeometry {
    return packMeshes([...this.meshes.entries()].sort(([a], [b]) => a - b).map(([, mesh]) => mesh))
  }
}

/** Puts meshes one after the other into shared buffers. */
export function packMeshes(meshes: readonly Mesh[]): StaticGeometry {
  const parts = meshes.map((mesh) => mesh.vertices())
  const vertices = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  const indices = new Uint32Array(meshes.reduce((sum, mesh) => sum + mesh.indices.length, 0))
  const chunks: Chunk[] = []
  let at = 0
  let base = 0
  let first = 0
  for (const [i, mesh] of meshes.entries()) {
    const part = parts[i] as Uint8Array
    vertices.set(part, at)
    for (const [k, index] of mesh.indices.entries()) indices[first + k] = base + index
    chunks.push({ firstIndex: first, indexCount: mesh.indices.length, ...bounds(part) })
    at += part.byteLength
    base += mesh.vertexCount
    first += mesh.indices.length
  }
  return { vertices, indices, chunks }
}

function bounds(vertices: Uint8Array): { centre: [number, number, number]; radius: number } {
  const view = new DataView(vertices.buffer, vertices.byteOffset, vertices.byteLength)
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let at = 0; at < vertices.byteLength; at += 32) {
    for (let axis = 0; axis < 3; axis++) {
      const value = view.getFloat32(at + axis * 4, true)
      low[axis] = Math.min(low[axis], value)
      high[axis] = Math.max(high[axis], value)
    }
  }
  const centre = low.map((value, axis) => (value + high[axis]) / 2) as [number, number, number]
  return { centre, radius: Math.hypot(...low.map((value, axis) => (high[axis] - value) / 2)) }
}
