import type { Fields } from '../server/json.js'
import { refuse } from './answers.js'

const invalid = (name: string): never =>
  refuse(400, `Field name '${name}' is invalid in JSON input`)

/** A text of the body. @throws CoreRefusal 400 for anything else, as all below. */
export function text(body: Fields, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : invalid(name)
}

/** A text of the body, or `null` without one. */
export function optionalText(body: Fields, name: string): string | null {
  return (body[name] ?? null) === null ? null : text(body, name)
}

/** A yes or no of the body. */
export function flag(body: Fields, name: string): boolean {
  const value = body[name]
  return typeof value === 'boolean' ? value : invalid(name)
}

/** A yes or no of the body, or `null` without one. */
export function optionalFlag(body: Fields, name: string): boolean | null {
  return (body[name] ?? null) === null ? null : flag(body, name)
}

/** A number of the body, or `null` without one. */
export function optionalNumber(body: Fields, name: string): number | null {
  const value = body[name] ?? null
  return value === null || typeof value === 'number' ? value : invalid(name)
}

/** An object of the body. */
export function object(body: Fields, name: string): Fields {
  const value = body[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : invalid(name)
}

/** A list of texts, or `null` without one. */
export function optionalTexts(body: Fields, name: string): readonly string[] | null {
  const value = body[name] ?? null
  if (value === null) return null
  if (!Array.isArray(value)) return invalid(name)
  return value.map((entry: unknown) => (typeof entry === 'string' ? entry : invalid(name)))
}

/** A parameter of the URL. */
export const parameter = (url: URL, name: string): string =>
  url.searchParams.get(name) ?? refuse(400, `Field name '${name}' is missing in GET request`)
