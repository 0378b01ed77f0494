import type { ErrorPlace } from '@virga/errors'
import { type NpyArray, parseNpy } from '../npy/parse-npy.ts'
import { openZip } from '../zip/open-zip.ts'

/** Most that one array of an archive may unpack to, unless told. */
export const maxArrayBytes = 128 * 2 ** 20

/** The arrays of a .npz archive by name (without `.npy`), unpacked when asked for. */
export interface Npz {
  readonly names: readonly string[]
  /** @throws VirgaError VIRGA_BAD_INPUT if there is no such array, or it is broken */
  read(name: string): NpyArray
}

/**
 * Reads the directory of a .npz archive: a zip file of NumPy arrays; see `openZip` for what is checked.
 *
 * @param place named in errors, the array as field
 * @param maxBytes most that one array may unpack to
 * @throws VirgaError VIRGA_BAD_INPUT: no zip file, cut short, encrypted, another compression, sizes that do not fit
 */
export function openNpz(bytes: Uint8Array, place: ErrorPlace, maxBytes = maxArrayBytes): Npz {
  const options = { archive: 'a .npz archive of NumPy arrays', member: 'array', maxMemberBytes: maxBytes }
  const zip = openZip(bytes, place, options)
  const members = new Map(zip.names.map((name) => [name.replace(/\.npy$/, ''), name]))
  return {
    names: [...members.keys()],
    read: (name) => parseNpy(zip.read(members.get(name) ?? name), { ...place, field: name }),
  }
}
