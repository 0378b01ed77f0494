import type { Priority } from '@virga/catalog'
import type { Augmentation } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { priorityOf } from '../convert/common.ts'

const changeable = ['labels', 'priority']
const most = { labels: 64, value: 255 }

/**
 * What an update changes: the fields of the mask, `*` for both, without a mask those that are set.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the path of the mask that cannot be changed, or the label that is wrong
 */
export function augmentationChange(
  augmentation: Augmentation,
  mask: readonly string[] | undefined,
): { readonly labels?: Readonly<Record<string, string>>; readonly priority?: Priority } {
  const paths = pathsOf(augmentation, mask)
  return {
    ...(paths.includes('labels') ? { labels: checkedLabels(augmentation.labels) } : {}),
    ...(paths.includes('priority') ? { priority: priorityOf(augmentation.priority) ?? 'normal' } : {}),
  }
}

function pathsOf({ labels, priority }: Augmentation, mask: readonly string[] = []): readonly string[] {
  if (mask.length === 0)
    return [...(Object.keys(labels).length > 0 ? ['labels'] : []), ...(priorityOf(priority) === undefined ? [] : ['priority'])]
  if (mask.includes('*')) return changeable
  const wrong = mask.find((path) => !changeable.includes(path))
  if (wrong !== undefined) {
    throw new VirgaError('VIRGA_BAD_INPUT', `${wrong} cannot be changed`, { field: 'update_mask', expected: 'labels, priority or *' })
  }
  return mask
}

function checkedLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const refuse = (message: string, expected: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { field: 'augmentation.labels', expected })
  }
  if (Object.keys(labels).length > most.labels) refuse(`${Object.keys(labels).length} labels`, `at most ${most.labels}`)
  for (const [key, value] of Object.entries(labels)) {
    if (!/^[a-z0-9_-]{1,63}$/.test(key)) refuse(`a label called "${key.slice(0, 100)}"`, '1 to 63 characters a-z, 0-9, "-", "_"')
    if (value.length > most.value) refuse(`a label of ${value.length} characters`, `at most ${most.value}`)
  }
  return labels
}
