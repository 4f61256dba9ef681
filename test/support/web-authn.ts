import { vi } from 'vitest'
import type { WebAuthnAuthenticator } from '../../src/providers/gotrue/passkeys.js'

/** What a page has asked its browser for. */
export interface Asked {
  readonly ceremony: 'create' | 'get'
  /** The options, with their bytes in base64url. */
  readonly json: unknown
  readonly signal: AbortSignal
  readonly mediation?: string
}

interface Options {
  readonly publicKey: object
  readonly signal: AbortSignal
  readonly mediation?: string
}

/** Where WebAuthn has bytes (Level 3, §5.1.8 and §5.1.9). */
const BYTES: ReadonlySet<string> = new Set(['challenge', 'id'])

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (value instanceof Uint8Array) return value
  throw new TypeError('A browser takes bytes, and no text.')
}

/** Options with bytes for texts, as a browser makes them of JSON, or back again. */
function converted(value: unknown, convert: (part: unknown) => unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => converted(item, convert, 'item'))
  // The id of a site is a text.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      BYTES.has(name) && key !== 'rp' ? convert(part) : converted(part, convert, name),
    ]),
  )
}

const parse = (json: unknown) =>
  converted(json, (text) => Uint8Array.from(Buffer.from(String(text), 'base64url')))

/** Options as they travel. @throws TypeError where a browser would: for texts instead of bytes */
export const toJson = (options: unknown): unknown =>
  converted(options, (bytes) => Buffer.from(bytesOf(bytes)).toString('base64url'))

/** Gives this process a browser whose WebAuthn speaks JSON, on a device; and what it was asked. */
export function plantWebAuthn(device: WebAuthnAuthenticator): readonly Asked[] {
  const asked: Asked[] = []
  class Credential {
    readonly json: object
    constructor(json: object) {
      this.json = json
      Object.assign(this, json)
    }
    toJSON(): object {
      return this.json
    }
    static parseCreationOptionsFromJSON = parse
    static parseRequestOptionsFromJSON = parse
  }
  const ask = (ceremony: 'create' | 'get') => async (options: Options) => {
    const { publicKey, signal, mediation } = options
    const json = toJson(publicKey)
    asked.push({ ceremony, json, signal, ...(mediation && { mediation }) })
    const given: unknown = await Reflect.apply(device[ceremony], device, [json, signal])
    return typeof given === 'object' && given !== null ? new Credential(given) : given
  }
  vi.stubGlobal('PublicKeyCredential', Credential)
  vi.stubGlobal('navigator', { credentials: { create: ask('create'), get: ask('get') } })
  return asked
}
