import { VirgaError } from '@virga/errors'
import { listTar, type TarMember } from '../tar/read-tar.ts'
import { limits } from './limits.ts'

/** What a member's name says: `<clip>.<frame>.<key>`, or `<clip>.<key>` for what holds for the whole clip. */
export interface MemberName {
  readonly frame?: number
  readonly key: string
}

/**
 * @returns undefined for hidden files, which archivers of some systems add
 * @throws VirgaError VIRGA_BAD_INPUT for a member of another clip
 */
export function memberName(file: string, clip: string, name: string): MemberName | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1)
  if (base.startsWith('.')) return undefined
  if (!base.startsWith(`${clip}.`)) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'member is not of this clip', { file, record: name, expected: `${clip}.<frame>.<key>` })
  }
  const rest = base.slice(clip.length + 1)
  const [, digits, key] = /^(\d{6,9})\.(.+)$/.exec(rest) ?? []
  if (digits === undefined) return { key: rest }
  const frame = Number(digits)
  if (frame < limits.frames) return { frame, key }
  throw new VirgaError('VIRGA_BAD_INPUT', `frame ${frame}`, { file, record: name, expected: `frames up to ${limits.frames}` })
}

/** The members of a folder's tar that are one per frame, by frame in rising order, without reading them. */
export async function listFrames(file: string, clip: string, key: string): Promise<{ frame: number; member: TarMember }[]> {
  const found = new Map<number, TarMember>()
  for (const member of await listTar(file)) {
    const name = memberName(file, clip, member.name)
    if (name?.frame === undefined || name.key !== key) continue
    if (found.has(name.frame)) throw new VirgaError('VIRGA_BAD_INPUT', 'member is there twice', { file, record: member.name })
    found.set(name.frame, member)
  }
  return [...found].map(([frame, member]) => ({ frame, member })).sort((a, b) => a.frame - b.frame)
}

/**
 * The step of a series of frames that must be whole from 0 on: 1, or 3 for one at 10 Hz.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the first frame that is missing
 */
export function requireWhole(frames: readonly number[], file: string, key: string): void {
  const step = frames.length > 1 && frames[1] === 3 ? 3 : 1
  const missing = frames.findIndex((frame, i) => frame !== i * step)
  if (missing < 0 && frames.length > 0) return
  const [i, what] = missing < 0 ? [0, 'no frames'] : [missing, `frame ${missing * step} is missing`]
  const record = `${String(i * step).padStart(6, '0')}.${key}`
  throw new VirgaError('VIRGA_BAD_INPUT', what, { file, record, expected: `every frame from 0 to ${frames.at(-1) ?? 0}` })
}

/** Key frames that a series leaves out between 0 and its last, as `3, 9 and 4 more`; undefined where it is whole. */
export function gapsIn(frames: readonly number[], step: number): string | undefined {
  const present = new Set(frames)
  const missing: number[] = []
  for (let frame = 0; frame < (frames.at(-1) ?? 0); frame += step) if (!present.has(frame)) missing.push(frame)
  if (missing.length === 0) return undefined
  const named = missing.slice(0, 5).join(', ')
  return missing.length > 5 ? `${named} and ${missing.length - 5} more` : named
}
