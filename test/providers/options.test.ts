import { createHash, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { createPkce } from '../../src/providers/shared/pkce.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { fc } from '../support/fast-check.js'

afterEach(() => void vi.unstubAllGlobals())

const url = 'https://auth.example'

/** The factories as somebody calls them who does not write TypeScript, with what each needs. */
const FACTORIES: Readonly<
  Record<string, readonly [make: (options: never) => object, needed: object]>
> = {
  gotrue: [gotrue, { url }],
  workos: [workos, { clientId: 'client_1' }],
  oidc: [oidc, { issuer: url, clientId: 'app', redirectUri: `${url}/callback` }],
  supertokens: [supertokens, {}],
  backend: [backend, {}],
}
const names = Object.keys(FACTORIES)

/** Makes a provider with these options besides those that it needs. */
function make(name: string, options: unknown): unknown {
  const [factory, needed] = FACTORIES[name] ?? expect.fail('There is no such factory.')
  const whole = typeof options === 'object' && options ? { ...needed, ...options } : options
  return Reflect.apply(factory, undefined, whole === undefined ? [] : [whole])
}

const mistake = (message: RegExp | string) =>
  expect.objectContaining({ code: 'invalid_argument', message: expect.stringMatching(message) })

const forAll = (values: readonly unknown[]) =>
  names.flatMap((name) => values.map((value) => [name, value] as const))

describe('options', () => {
  it('may be left out one by one', () => {
    for (const name of names) expect(make(name, { fetch: undefined })).toHaveProperty('refresh')
  })

  it.each(['gotrue', 'workos', 'oidc'])('of %s() must not be left out altogether', (name) => {
    expect(() => make(name, undefined)).toThrow(mistake(/as an object/))
  })

  it.each(forAll([null, 'https://auth.example', 5]))(
    'of %s() are an object, not %j',
    (name, value) => {
      expect(() => make(name, value)).toThrow(mistake(/as an object/))
    },
  )

  it.each(forAll(['apikey', 'URL', 'toString', '__defineGetter__']))(
    'of %s() that nobody knows are told by name: %s',
    (name, option) => {
      expect(() => make(name, { [String(option)]: 'x' })).toThrow(mistake(`${option}`))
    },
  )

  it.each([
    ['gotrue', { url: new URL(url) }, 'url'],
    ['gotrue', { url: undefined }, 'url'],
    ['gotrue', { apiKey: 5 }, 'apiKey'],
    ['gotrue', { apiKey: null }, 'apiKey'],
    ['gotrue', { fetch: 'fetch' }, 'fetch'],
    ['gotrue', { now: 5 }, 'now'],
    ['gotrue', { dangerouslyAllowInsecureHttp: 'yes' }, 'dangerouslyAllowInsecureHttp'],
    ['workos', { clientId: 5 }, 'clientId'],
    ['workos', { clientId: '' }, 'clientId'],
    ['workos', { cookies: 'yes' }, 'cookies'],
    ['workos', { redirectUri: 'no URL' }, 'redirectUri'],
    ['oidc', { issuer: 5 }, 'issuer'],
    ['oidc', { issuer: undefined }, 'issuer'],
    ['oidc', { redirectUri: 'no URL' }, 'redirectUri'],
    ['oidc', { metadata: [] }, 'metadata'],
    ['oidc', { scope: ['openid'] }, 'scope'],
    ['supertokens', { lookForSession: 1 }, 'lookForSession'],
    ['supertokens', { transfer: 'both' }, 'transfer'],
    ['backend', { url: 5 }, 'url'],
    ['backend', { credentials: 'omit' }, 'credentials'],
  ])('of %s() of another kind are told by name: %j', (name, options, option) => {
    expect(() => make(name, options)).toThrow(mistake(option))
  })

  it.each(
    forAll([
      { headers: null },
      { headers: ['a'] },
      { headers: new Headers({ a: 'b' }) },
      { headers: { 'x-a': 5 } },
      { headers: { 'x-a': 'b\nc' } },
      { headers: { 'x-a': '\u200b' } },
      { headers: { 'x a': 'b' } },
      { headers: { '': 'b' } },
    ]),
  )('of %s() have headers that can be sent, not %j', (name, options) => {
    expect(() => make(name, options)).toThrow(mistake(/header/i))
  })

  it('never make anything but a provider or an AuthError, whatever they are', () => {
    const value = fc.oneof(fc.anything(), fc.constant(url), fc.func(fc.anything()))
    const key = fc.constantFrom(
      'url',
      'apiKey',
      'clientId',
      'headers',
      'fetch',
      'apiBasePath',
      'issuer',
      'redirectUri',
      'metadata',
      'scope',
      'x',
    )
    const options = fc.oneof(fc.anything(), fc.dictionary(key, value))
    fc.assert(
      fc.property(fc.constantFrom(...names), options, (name, given) => {
        try {
          expect(make(name, given)).toHaveProperty('refresh')
        } catch (error) {
          expect(isAuthError(error, 'invalid_argument')).toBe(true)
        }
      }),
    )
  })
})

describe('a key', () => {
  const visible = fc.stringMatching(/^[!-~]{0,20}$/)
  const unseen = fc.oneof(
    fc.constantFrom('\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u00a0', '\t'),
    fc.string({ unit: 'binary', minLength: 1 }).filter((text) => /[^!-~]/.test(text)),
  )

  it('is told at once wherever anything stands in it that no header shows', () => {
    fc.assert(
      fc.property(visible, unseen, visible, (before, there, after) => {
        const key = before + there + after
        expect(() => gotrue({ url, apiKey: key })).toThrow(mistake(/`apiKey`.*copy it anew/))
        expect(() => workos({ clientId: key })).toThrow(mistake(/`clientId`/))
      }),
    )
  })

  it('is taken where all of it can be seen', () => {
    fc.assert(fc.property(visible, (key) => void gotrue({ url, apiKey: key })))
  })

  it.each(['a\u200bb', '\ufeffa', 'a\n', 'a\r\nb', ' a', 'a b', 'ä', '\u0000'])(
    'that was copied with what cannot be seen is told at once: %j',
    (key) => {
      expect(() => gotrue({ url, apiKey: key })).toThrow(mistake(/`apiKey`.*copy it anew/))
      expect(() => workos({ clientId: key })).toThrow(mistake(/`clientId`/))
    },
  )
})

describe('the url of a Supabase project', () => {
  const project = 'https://project-ref.supabase.co'

  it.each(['', '/', '/auth', '/auth/v1/auth/v1', '/rest/v1'])(
    'with %j behind it, where no GoTrue is, is refused at once, and the message has the right one',
    (path) => {
      expect(() => gotrue({ url: project + path })).toThrow(mistake('supabase.co/auth/v1`'))
    },
  )

  it('is taken with its path, and other hosts may have any', () => {
    for (const fit of [`${project}/auth/v1`, `${project}/auth/v1/`, url, `${url}/supabase.co`]) {
      expect(gotrue({ url: fit }).id).toMatch(/^gotrue\./)
    }
  })
})

describe('an app that says by what secrets are made', () => {
  const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
  const good = { randomBytes: (length: number) => randomBytes(length), sha256 }

  it('needs none of the platform for PKCE', async () => {
    vi.stubGlobal('crypto', undefined)
    const { verifier, challenge } = await createPkce(good)
    expect(verifier).toMatch(/^[\w-]{43}$/)
    expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'))
    expect(await createPkce(good)).not.toEqual({ verifier, challenge })
  })

  it.each([
    ['the crypto of the web', globalThis.crypto],
    ['half of it', { randomBytes: good.randomBytes }],
    ['texts', { ...good, randomBytes: () => 'a'.repeat(32) }],
    ['a number', { ...good, randomBytes: () => 32 }],
    ['too few bytes', { ...good, randomBytes: () => randomBytes(16) }],
    ['a hash in hexadecimal digits', { ...good, sha256: () => 'ab'.repeat(32) }],
    ['nothing', { ...good, sha256: () => null }],
  ])('is told that it gave %s', async (_, given) => {
    await expect(Reflect.apply(createPkce, undefined, [given])).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('environment.crypto'),
    })
  })
})

describe('a page on an insecure origin, which has no `crypto.subtle`,', () => {
  it.each([{}, undefined])(
    'is told that PKCE cannot be had there: crypto is %j',
    async (crypto) => {
      vi.stubGlobal('crypto', crypto)
      await expect(createPkce()).rejects.toMatchObject({
        code: 'invalid_argument',
        retryable: false,
        message: expect.stringContaining('https:'),
      })
    },
  )
})
