import type { ObjectClass } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import {
  classOfType,
  isKnownPaint,
  knownLinePaints,
  lineColours,
  lineStyles,
  objectTypes,
  paintOfWords,
  typeOfClass,
  typeWordOf,
  wordsOfPaint,
} from './index.ts'

/** The box colours of NVIDIA's renderer: what it makes of each `object_type` (Cosmos-Drive-Dreams, bbox_utils.py). */
const canvasOfWord = (word: string): string => {
  if (/^(Bus|Heavy_truck|Train_or_tram_car|Trolley_bus|Trailer|Truck)$/.test(word)) return 'truck'
  if (/^(Vehicle|Automobile|Other_vehicle|Car)$/.test(word)) return 'car'
  if (/^(Person|Pedestrian)$/.test(word)) return 'pedestrian'
  return /^(Rider|Cyclist)$/.test(word) ? 'cyclist' : 'others'
}

/** The box colours of this project by class. */
const canvasOfClass = (name: ObjectClass): string => {
  if (name === 'car' || name === 'van') return 'car'
  if (['truck', 'bus', 'trailer', 'train'].includes(name)) return 'truck'
  if (['bicycle', 'motorcycle', 'rider'].includes(name)) return 'cyclist'
  return name === 'pedestrian' ? 'pedestrian' : 'others'
}

describe('object types', () => {
  it('are drawn in the same colour by either side, read or written', () => {
    for (const [word, name] of Object.entries(objectTypes)) expect([word, canvasOfClass(name)]).toEqual([word, canvasOfWord(word)])
    for (const [name, word] of Object.entries(typeOfClass)) {
      expect([name, canvasOfWord(word)]).toEqual([name, canvasOfClass(name as ObjectClass)])
      expect(objectTypes).toHaveProperty(word)
    }
    expect([classOfType('Hovercraft'), classOfType('constructor')]).toEqual(['other', 'other'])
  })
})

describe('lane paint', () => {
  it('comes back from its words, for every known pair', () => {
    for (const colour of Object.keys(lineColours)) {
      for (const style of Object.keys(lineStyles)) {
        expect(wordsOfPaint(paintOfWords(colour, style))).toEqual({ colour, style, exact: true })
      }
    }
    for (const pair of knownLinePaints) {
      const [colour, style] = pair.split(' ')
      expect([lineColours[colour], lineStyles[style]]).not.toContain(undefined)
      expect(isKnownPaint({ colour, style })).toBe(true)
    }
  })

  it('tells a style that is not known from the style OTHER', () => {
    expect(paintOfWords('WHITE', 'ZIGZAG')).toEqual({ colour: 'other', pattern: 'other' })
    expect(paintOfWords('WHITE', 'OTHER')).toEqual({ colour: 'white', pattern: 'other' })
    expect(paintOfWords('GREEN', 'SOLID_SINGLE')).toEqual({ colour: 'other', pattern: 'solid' })
    expect(isKnownPaint({ colour: 'WHITE', style: 'DASHED_SOLID' })).toBe(false)
  })

  it('without a word becomes the nearest, and says so; what is not painted has none', () => {
    expect(wordsOfPaint({ colour: 'yellow', pattern: 'double-dashed' })).toEqual({
      colour: 'YELLOW',
      style: 'LONG_DASHED_SINGLE',
      exact: false,
    })
    expect(wordsOfPaint({ colour: 'other', pattern: 'none' })).toBeUndefined()
  })
})

describe('types of map elements', () => {
  it('are kept, translated or unknown', () => {
    const pole = (sourceType?: string) => ({ kind: 'pole', id: 'p', line: Float64Array.of(0, 0, 0, 0, 0, 1), sourceType }) as const
    expect(['TREE', 'lamp', 'MENHIR', undefined].map((word) => typeWordOf(pole(word), false))).toEqual([
      'TREE',
      'LIGHT',
      'UNKNOWN',
      'UNKNOWN',
    ])
    expect(typeWordOf(pole('MENHIR'), true)).toBe('MENHIR')
  })
})
