import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../demo/styles/house.css', import.meta.url), 'utf8')

type Scheme = 'light' | 'dark'

/** The colour of this name in a scheme, as the file has it. */
function colour(name: string, scheme: Scheme): string {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css)
  const value = pair?.[scheme === 'light' ? 1 : 2]
  if (!value) throw new Error(`house.css has no colour called --${name}.`)
  return value
}

/** The relative luminance of a colour (WCAG 2.2, "relative luminance"). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The contrast of two colours, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** Every pair of a text and what it stands on in the demos and the documentation. */
const TEXTS: readonly (readonly [text: string, paper: string])[] = [
  ...['ink', 'soft', 'brand', 'warn', 'bad'].flatMap((text) => [
    [text, 'paper'] as const,
    [text, 'card'] as const,
  ]),
  ['brand-ink', 'brand'],
  ['ink', 'brand-paper'],
  ['brand', 'brand-paper'],
  ['warn', 'warn-paper'],
  ['bad', 'bad-paper'],
]

const EDGES = [
  ['control', 'paper'],
  ['control', 'card'],
] as const

describe.each(['light', 'dark'] as const)('the colours of the house in %s', (scheme) => {
  it.each(TEXTS)('let --%s be read on --%s (WCAG 1.4.3)', (text, paper) => {
    expect(contrast(colour(text, scheme), colour(paper, scheme))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(EDGES)('show where a control ends: --%s on --%s (WCAG 1.4.11)', (edge, paper) => {
    expect(contrast(colour(edge, scheme), colour(paper, scheme))).toBeGreaterThanOrEqual(3)
  })
})
