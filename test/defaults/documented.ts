import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One `@default` in a type of options. */
export interface Documented {
  /** Such as `EngineOptions.refreshMargin`. */
  readonly name: string
  /** What the comment says. */
  readonly text: string
}

/** How a default is shown to hold. */
export interface Probe {
  /** Words, where the default is no literal: whoever changes them looks at the probe, too. */
  readonly says?: string
  /** The default as it was observed; for words, whether they hold. */
  readonly observe: () => unknown
}

const root = fileURLToPath(new URL('../../src', import.meta.url))

/** All that a source text documents. */
export function readDefaults(text: string): Documented[] {
  const pattern =
    /\/\*\*((?:(?!\*\/)[\s\S])*?@default\s(?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/.*\s*)*(.*)/g
  return [...text.matchAll(pattern)].map(({ 1: comment = '', 2: line = '', index }) => {
    const owner = [...text.slice(0, index).matchAll(/^(?:export )?(?:interface|type) (\w+)/gm)].at(
      -1,
    )
    const member = /^(?:readonly )?(\w+)\??[:(]/.exec(line) ?? /readonly (\w+)\??:/.exec(line)
    const words = comment.slice(comment.indexOf('@default') + 8).replace(/\n\s*\* ?/g, ' ')
    return { name: `${owner?.[1]}.${member?.[1]}`, text: words.trim() }
  })
}

/** The folders and files that the sources are in, as places for the functions below. */
export const namesOfSources = (): readonly string[] => readdirSync(root)

/** The texts of the sources in these folders, or files. */
export function textsOf(places: readonly string[]): readonly string[] {
  const files = places.flatMap((place) =>
    place.endsWith('.ts')
      ? [place]
      : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.tsx?$/.test(file))
          .map((file) => join(place, file)),
  )
  return files.map((file) => readFileSync(join(root, file), 'utf8'))
}

/** All that the sources in these folders, or files, document. */
export const readAllDefaults = (places: readonly string[]): readonly Documented[] =>
  textsOf(places).flatMap(readDefaults)

/** The value of a literal, or nothing where the text is words. */
export function literal(text: string): { readonly value: unknown } | null {
  if (/^-?\d[\d_]*$/.test(text)) return { value: Number(text.replaceAll('_', '')) }
  if (/^'[^']*'$/.test(text)) return { value: text.slice(1, -1) }
  if (text === 'true' || text === 'false') return { value: text === 'true' }
  return null
}
