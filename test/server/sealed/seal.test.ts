import { defaults, seal } from 'iron-webcrypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import { checkPassword, sealText, unsealText } from '../../../src/server/sealed/seal.js'
import { fc } from '../../support/fast-check.js'

const OLD = 'the password of last year, which is long'
const NEW = 'the password of this year, which is long'
const TEXT = JSON.stringify({ accessToken: 'a', refreshToken: 'r', user: { id: 'user_1' } })
const NOW = 1_700_000_000_000

const iron = (data: unknown, password: Parameters<typeof seal>[1], ttl = 0): Promise<string> =>
  seal(data, password, { ...defaults, ttl, encode: JSON.stringify })

const code = async (promise: Promise<unknown>): Promise<unknown> => {
  const error = await promise.catch((reason: unknown) => reason)
  return isAuthError(error) ? error.code : error
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a sealed text', () => {
  it('opens to what was sealed, whatever JSON that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect(await unsealText(await sealText(json, NEW), NEW)).toBe(json)
      }),
      { numRuns: 40 },
    )
  })

  it('has the form that WorkOS and iron-session give it, and never the same twice', async () => {
    const [one, two] = [await sealText(TEXT, NEW), await sealText(TEXT, NEW)]
    const hex = '[0-9a-f]{64}'
    expect(one).toMatch(
      new RegExp(`^Fe26\\.2\\*1\\*${hex}\\*[\\w-]{22}\\*[\\w-]+\\*\\*${hex}\\*[\\w-]{43}~2$`),
    )
    expect(one).not.toBe(two)
    expect(one).not.toContain('user_1')
  })

  it('opens when a framework has percent-encoded it', async () => {
    const sealed = await sealText(TEXT, NEW)
    expect(await unsealText(encodeURIComponent(sealed), NEW)).toBe(TEXT)
    expect(await unsealText(sealed.replaceAll('*', '%2A').replace('~', '%7E'), NEW)).toBe(TEXT)
  })

  it('opens by any password of a list, and is sealed by the first', async () => {
    const old = await sealText(TEXT, OLD)
    const both = await sealText(TEXT, [NEW, OLD])
    expect(await unsealText(old, [NEW, OLD])).toBe(TEXT)
    expect(await unsealText(both, NEW)).toBe(TEXT)
    expect(await unsealText(both, OLD)).toBeNull()
    expect(await unsealText(old, NEW)).toBeNull()
  })

  it('opens until its time is up, and 60 s longer for clocks that differ', async () => {
    let time = NOW
    const now = (): number => time
    const sealed = await sealText(TEXT, NEW, { ttl: 600_000, now })
    expect(sealed.split('*')[5]).toBe(String(NOW + 600_000))
    time += 659_999
    expect(await unsealText(sealed, NEW, { now })).toBe(TEXT)
    time += 2
    expect(await unsealText(sealed, NEW, { now })).toBeNull()
  })

  it('opens though the clock that sealed it has fractions', async () => {
    const now = (): number => NOW + 0.25
    expect(await unsealText(await sealText(TEXT, NEW, { ttl: 1, now }), NEW, { now })).toBe(TEXT)
  })
})

describe('a text that others sealed', () => {
  const data = { user: { id: 'user_1' } }
  const json = JSON.stringify(data)
  it.each([
    ['with the mark of iron-session', data, { id: '1', secret: NEW }, '~2'],
    ['without a mark', data, { id: '1', secret: NEW }, ''],
    ['by the second password of their list', data, { id: '2', secret: NEW }, '~2'],
    ['without a password id', data, { secret: NEW }, '~2'],
    ['wrapped, as it was of old', { persistent: data }, { id: '1', secret: NEW }, '~1'],
    ['wrapped and without a mark', { persistent: data }, { id: '1', secret: NEW }, ''],
    ['not wrapped though old', data, { id: '1', secret: NEW }, '~1'],
  ])('opens: %s', async (_, content, password, mark) => {
    expect(await unsealText((await iron(content, password)) + mark, NEW)).toBe(json)
  })

  it('is not unwrapped when it is of today', async () => {
    const sealed = `${await iron({ persistent: 1 }, { id: '1', secret: NEW })}~2`
    expect(await unsealText(sealed, NEW)).toBe('{"persistent":1}')
  })
})

describe('what does not open', () => {
  const change = (sealed: string, part: number, to: (text: string) => string): string =>
    sealed
      .replace(/~2$/, '')
      .split('*')
      .map((text, index) => (index === part ? to(text) : text))
      .join('*')

  it.each<[string, (sealed: string) => string]>([
    ['empty', () => ''],
    ['garbage', () => 'garbage'],
    ['separators only', () => '*******~2'],
    ['truncated', (sealed) => sealed.slice(0, -10)],
    ['cut in the middle', (sealed) => sealed.slice(0, sealed.length / 2)],
    ['one part too many', (sealed) => `${sealed}*x`],
    ['of another version of iron', (sealed) => sealed.replace('Fe26.2', 'Fe26.1')],
    ['marked twice', (sealed) => `${sealed}~2`],
    ['marked by a word', (sealed) => `${sealed}x`],
    ['with another password id', (sealed) => change(sealed, 1, () => '2')],
    ['with an empty password id', (sealed) => change(sealed, 1, () => '')],
    ['with a prototype as password id', (sealed) => change(sealed, 1, () => '__proto__')],
    [
      'with another content',
      (sealed) => change(sealed, 4, (text) => text.slice(4) + text.slice(0, 4)),
    ],
    ['with an empty content', (sealed) => change(sealed, 4, () => '')],
    ['with an expiry put in', (sealed) => change(sealed, 5, () => '9999999999999')],
    ['with nonsense for an expiry', (sealed) => change(sealed, 5, () => '1e99')],
    ['with a MAC that is no base64', (sealed) => change(sealed, 7, () => '!'.repeat(43))],
    ['with an empty MAC', (sealed) => change(sealed, 7, () => '')],
    ['with wrong percent-encoding', (sealed) => `${sealed}%`],
    ['too large', (sealed) => sealed + 'x'.repeat(65_536)],
  ])('gives null: %s', async (_, spoil) => {
    expect(await unsealText(spoil(await sealText(TEXT, NEW)), NEW)).toBeNull()
  })

  it('gives null for what is not even a text', async () => {
    for (const value of [undefined, null, 5, {}, ['Fe26.2']]) {
      expect(await Reflect.apply(unsealText, null, [value, NEW])).toBeNull()
    }
  })

  it('gives null for an old seal around what is no JSON', async () => {
    const sealed = await seal('x', { id: '1', secret: NEW }, { ...defaults, encode: String })
    expect(await unsealText(sealed, NEW)).toBeNull()
  })

  it('costs no cryptography when it is too large', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const sealed = (length: number): string => `Fe26.2*1*a*a*${'a'.repeat(length)}**a*a~2`
    expect(await unsealText(sealed(65_536), NEW)).toBeNull()
    expect(importKey).not.toHaveBeenCalled()
    expect(await unsealText(sealed(65_000), NEW)).toBeNull()
    expect(importKey).toHaveBeenCalled()
  })

  it('never throws, and never opens to anything but what was sealed', async () => {
    const sealed = await sealText(TEXT, NEW)
    const spoilt = fc
      .tuple(fc.nat(sealed.length - 1), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, gone, put]) => sealed.slice(0, at) + put + sealed.slice(at + gone))
    const parts = fc.array(fc.string(), { minLength: 8, maxLength: 8 }).map((all) => all.join('*'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(spoilt, parts, fc.string({ unit: 'binary' })), async (text) => {
        expect([null, TEXT]).toContain(await unsealText(text, NEW))
      }),
      { numRuns: 100 },
    )
  })
})

describe('a password that is unfit', () => {
  const unfit = ['', 'short', 'x'.repeat(31), [], [NEW, 'short'], ['', NEW]]

  it.each(unfit.map((password) => [JSON.stringify(password).slice(0, 24), password]))(
    'is a configuration error that does not show it: %s',
    async (_, password) => {
      const error = await sealText(TEXT, password).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'invalid_argument', retryable: false })
      expect(String(error)).toMatch(/at least 32 characters/)
      expect(String(error)).not.toContain('short')
      expect(await code(unsealText('anything', password))).toBe('invalid_argument')
      expect(() => checkPassword(password)).toThrow(/32/)
    },
  )

  it('is one too when it is no text at all', () => {
    for (const value of [undefined, null, 5, { 1: NEW }, [32]]) {
      expect(() => Reflect.apply(checkPassword, null, [value])).toThrow(/32/)
    }
  })

  it('is none with 32 characters', () => {
    expect(checkPassword('x'.repeat(32))).toEqual(['x'.repeat(32)])
    expect(checkPassword([NEW, OLD])).toEqual([NEW, OLD])
  })
})

describe('sealing refuses', () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('a ttl of %s', async (ttl) => {
    expect(await code(sealText(TEXT, NEW, { ttl }))).toBe('invalid_argument')
  })

  it('a text so large that it would never open', async () => {
    const fits = JSON.stringify('x'.repeat(48_000))
    expect(await unsealText(await sealText(fits, NEW), NEW)).toBe(fits)
    expect(await code(sealText(JSON.stringify('x'.repeat(50_000)), NEW))).toBe('invalid_argument')
  })
})
