import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import {
  type Cookie,
  type CookieJar,
  type CookieOptions,
  defineCookie,
  eraseCookie,
  parseCookies,
  readCookie,
  writeCookie,
} from '../../../src/server/cookies/cookies.js'
import { fc } from '../../support/fast-check.js'

const DAY = 24 * 3_600_000
const nothing = parseCookies('')
const name = '__Host-holdfast'
const cookie = defineCookie()

/** What a browser does with `Set-Cookie`: one cookie for each name and place, oldest sent first. */
function createBrowser() {
  const kept = new Map<string, string>()
  const jar = (): CookieJar => parseCookies([...kept.values()].join('; '))
  return {
    jar,
    names: (): string[] => [...jar().keys()].sort(),
    take(values: readonly string[]): void {
      for (const value of values) {
        expect(`Set-Cookie: ${value}`.length).toBeLessThanOrEqual(4096)
        const [pair = '', ...attributes] = value.split('; ')
        const place = attributes.filter((text) => /^(Path|Domain)=/.test(text)).join(';')
        const id = `${pair.split('=')[0]};${place}`
        if (attributes.includes('Max-Age=0')) kept.delete(id)
        else kept.set(id, pair)
      }
    },
  }
}

const reason = (attempt: () => unknown): unknown => {
  try {
    return attempt()
  } catch (error) {
    return isAuthError(error) ? error.code : error
  }
}

describe('a Cookie header', () => {
  it.each<[string, string | null | undefined, Record<string, readonly string[]>]>([
    ['none', null, {}],
    ['nothing at all', undefined, {}],
    ['empty', '', {}],
    ['one', 'a=1', { a: ['1'] }],
    ['two, with and without a blank', 'a=1;b=2; c=3', { a: ['1'], b: ['2'], c: ['3'] }],
    ['a name twice, in the order sent', 'a=1; b=2; a=3', { a: ['1', '3'], b: ['2'] }],
    ['a value with an equals sign', 'a=b=c', { a: ['b=c'] }],
    ['a quoted value', 'a="1"; b="; c=""', { a: ['1'], b: ['"'], c: [''] }],
    ['an empty value', 'a=', { a: [''] }],
    ['without a name or an equals sign', '=1; x; ;;', {}],
    ['a prototype', '__proto__=1; constructor=2', { __proto__: ['1'], constructor: ['2'] }],
    ['what is encoded, as it is', 'a=%20%', { a: ['%20%'] }],
  ])('is read: %s', (_, header, expected) => {
    const named = new Map(Object.entries(expected))
    if (header?.startsWith('__proto__')) named.set('__proto__', ['1'])
    expect(parseCookies(header)).toEqual(named)
  })

  it('is read in no time, and never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        for (const key of parseCookies(header).keys()) readCookie(parseCookies(header), key)
      }),
    )
    expect(parseCookies(`a=x${' '.repeat(100_000)}y`).get('a')).toHaveLength(1)
  })
})

describe('what is written', () => {
  const attributes = (options?: CookieOptions): string => {
    const made = defineCookie(options)
    return (writeCookie(made, 'v', nothing)[0] ?? '').slice(`${made.name}=v`.length)
  }

  it('is safe unless told otherwise', () => {
    expect(writeCookie(cookie, 'v', nothing)).toEqual([
      '__Host-holdfast=v; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=lax',
    ])
  })

  it.each<[CookieOptions, string, string]>([
    [{ secure: false }, 'holdfast', '; Path=/; Max-Age=34560000; HttpOnly; SameSite=lax'],
    [
      { domain: '.example.test', sameSite: 'strict' },
      '__Secure-holdfast',
      '; Path=/; Domain=example.test; Max-Age=34560000; HttpOnly; Secure; SameSite=strict',
    ],
    [
      { path: '/app', sameSite: 'none' },
      '__Secure-holdfast',
      '; Path=/app; Max-Age=34560000; HttpOnly; Secure; SameSite=none',
    ],
    [
      { name: 'wos-session', maxAge: 90_500 },
      'wos-session',
      '; Path=/; Max-Age=90; HttpOnly; Secure; SameSite=lax',
    ],
  ])('goes where it is told: %j', (options, expected, text) => {
    expect(defineCookie(options).name).toBe(expected)
    expect(attributes(options)).toBe(text)
  })

  it.each([401 * DAY, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
    'lasts 400 days at most: %d',
    (maxAge) => {
      expect(attributes({ maxAge })).toContain('Max-Age=34560000;')
    },
  )
})

describe('options that cannot work are refused when the cookie is defined', () => {
  const injection = 'x\r\nSet-Cookie: a=b'
  it.each<[string, unknown]>([
    ['a line break in the name', { name: injection }],
    ['an empty name', { name: '' }],
    ['a separator in the name', { name: 'a;b' }],
    ['an equals sign in the name', { name: 'a=b' }],
    ['an endless name', { name: 'a'.repeat(257) }],
    ['a line break in the path', { path: `/${injection}` }],
    ['another attribute in the path', { path: '/; Domain=evil.test' }],
    ['a relative path', { path: 'app' }],
    ['a path that browsers ignore', { path: `/${'a'.repeat(1024)}` }],
    ['a line break in the domain', { domain: injection }],
    ['another attribute in the domain', { domain: 'a.test; Path=/x' }],
    ['an address as domain', { domain: 'https://a.test' }],
    ['an empty domain', { domain: '' }],
    ['an endless domain', { domain: `${'a.'.repeat(127)}test` }],
    ['another word for sameSite', { sameSite: 'lax; Domain=evil.test' }],
    ['SameSite=None in the open', { sameSite: 'none', secure: false }],
    ['__Host- in the open', { name: '__Host-a', secure: false }],
    ['__Host- with a domain', { name: '__Host-a', domain: 'a.test' }],
    ['__Host- with a path', { name: '__host-a', path: '/app' }],
    ['__Secure- in the open', { name: '__Secure-a', secure: false }],
    ['no life', { maxAge: 0 }],
    ['a life below nothing', { maxAge: -1 }],
    ['a life that is no number', { maxAge: Number.NaN }],
    ['a former place that is none', { formerly: [{ domain: 'a b' }] }],
    ['null for a former place', { formerly: [null] }],
    ['one former place that is in no list', { formerly: { path: '/app' } }],
    ['a domain that is no text', { domain: 5 }],
    ['a text for whether it is secure', { secure: 'false' }],
    ['null', null],
    ['a text', 'session'],
  ])('%s', (_, options) => {
    expect(reason(() => Reflect.apply(defineCookie, null, [options]))).toBe('invalid_argument')
  })

  it.each([' ', ';', ',', '"', '\\', '\n', '\0', 'é', '😀'])('and so is a value with %j', (bad) => {
    expect(reason(() => writeCookie(cookie, `v${bad}`, nothing))).toBe('invalid_argument')
  })
})

describe('a value too large for one cookie', () => {
  const large = (length: number, letter = 'x'): string => letter.repeat(length)

  it('is written in chunks as soon as the whole header passes 4096 bytes, and not before', () => {
    const room = 4096 - `Set-Cookie: ${writeCookie(cookie, '', nothing)[0]}`.length
    expect(writeCookie(cookie, large(room), nothing)).toHaveLength(1)
    const chunks = writeCookie(cookie, large(room + 1), nothing)
    expect(chunks.map((value) => value.split('=')[0])).toEqual([`${name}.0`, `${name}.1`, name])
    expect(`Set-Cookie: ${chunks[0]}`).toHaveLength(4096)
  })

  it('comes back whole, whatever it is, wherever it goes, and no header is too large', () => {
    const letters = "!#$%&'()*+-./0189:<=>?@AZ[]^_`az{|}~"
    const value = fc
      .tuple(fc.string({ unit: fc.constantFrom(...letters), maxLength: 40 }), fc.nat(60_000))
      .map(([text, length]) => (text === '' ? '' : text.repeat(Math.ceil(length / text.length))))
      .map((text) => text.slice(0, 60_000))
    const options = fc.constantFrom<CookieOptions>(
      {},
      { domain: 'example.test', formerly: [{ path: '/old' }] },
      { name: 'n'.repeat(200), path: `/${'p'.repeat(200)}` },
      { secure: false, sameSite: 'strict' },
    )
    fc.assert(
      fc.property(options, fc.array(value, { minLength: 1, maxLength: 4 }), (option, values) => {
        const made = defineCookie(option)
        const browser = createBrowser()
        for (const one of values) {
          browser.take(writeCookie(made, one, browser.jar()))
          expect(readCookie(browser.jar(), made.name)).toEqual([one])
        }
        const fresh = createBrowser()
        fresh.take(writeCookie(made, values.at(-1) ?? '', nothing))
        // Nothing of the former values is left.
        expect(browser.names()).toEqual(fresh.names())
        browser.take(eraseCookie(made, browser.jar()))
        expect(browser.names()).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when it takes more than 20 cookies', () => {
    expect(reason(() => writeCookie(cookie, large(90_000), nothing))).toBe('invalid_argument')
  })

  it('is not mistaken for chunks when it looks like their mark', () => {
    const browser = createBrowser()
    browser.take(writeCookie(cookie, 'chunks.2.abc', nothing))
    expect(readCookie(browser.jar(), name)).toEqual(['chunks.2.abc'])
  })
})

describe('of two writers the last has the word', () => {
  const a = 'a'.repeat(9_000)
  const b = 'b'.repeat(5_000)
  const small = 'small'

  /** Two requests that both saw `before`; their answers arrive one after the other. */
  it.each<[string, string, string, string]>([
    ['chunks after a single value', small, 'other', a],
    ['a single value after chunks', small, a, 'other'],
    ['fewer chunks after more', small, a, b],
    ['more chunks after fewer', small, b, a],
    ['a single value after chunks, both after chunks', b, a, 'other'],
    ['as many chunks of another value', a, a.replaceAll('a', 'c'), a.replaceAll('a', 'd')],
  ])('%s', (_, before, first, second) => {
    const browser = createBrowser()
    browser.take(writeCookie(cookie, before, nothing))
    const seen = browser.jar()
    browser.take(writeCookie(cookie, first, seen))
    browser.take(writeCookie(cookie, second, seen))
    expect(readCookie(browser.jar(), name)).toEqual([second])
    // And the next write tidies up after both.
    browser.take(writeCookie(cookie, small, browser.jar()))
    expect(browser.names()).toEqual([name])
  })

  it('a late sign-out leaves nothing that can be read', () => {
    const browser = createBrowser()
    browser.take(writeCookie(cookie, small, nothing))
    const seen = browser.jar()
    browser.take(writeCookie(cookie, a, seen))
    browser.take(eraseCookie(cookie, seen))
    expect(readCookie(browser.jar(), name)).toEqual([])
  })

  const pairs = (values: readonly string[]): Map<string, string> =>
    new Map(values.map((text) => [text.split('=')[0] ?? '', text.split(';')[0] ?? '']))
  const read = (cookies: ReadonlyMap<string, string>): readonly string[] =>
    readCookie(parseCookies([...cookies.values()].join('; ')), name)

  it('a mix of chunks of two values is no value', () => {
    const [left, right] = [
      pairs(writeCookie(cookie, a, nothing)),
      pairs(writeCookie(cookie, b, nothing)),
    ]
    expect(read(left)).toEqual([a])
    for (const chunk of [`${name}.0`, `${name}.1`, name]) {
      expect(read(new Map([...left, [chunk, right.get(chunk) ?? '']]))).not.toContain(a)
      expect(read(new Map([...left, [chunk, right.get(chunk) ?? '']]))).toEqual([])
    }
  })

  it('a value with a chunk missing is none', () => {
    const cookies = pairs(writeCookie(cookie, a, nothing))
    for (const gone of [...cookies.keys()]) {
      expect(read(new Map([...cookies].filter(([key]) => key !== gone)))).toEqual([])
    }
    expect(read(new Map([[name, `${name}=chunks.20.abc`]]))).toEqual([])
  })
})

describe('a name that several places set', () => {
  it('counts the values that suit, and no others, however many there are', () => {
    const junk = Array.from({ length: 400 }, (_, index) => `s=junk${index}`).join('; ')
    const suits = (value: string): boolean => !value.startsWith('junk')
    expect(readCookie(parseCookies(`${junk}; s=mine`), 's', suits)).toEqual(['mine'])
  })

  it('gives each value, and no more than four', () => {
    expect(readCookie(parseCookies('s=planted; x=1; s=mine'), 's')).toEqual(['planted', 'mine'])
    expect(readCookie(parseCookies(Array(9).fill('s=v').join('; ')), 's')).toHaveLength(4)
  })

  it('gives the value in chunks though others planted chunks before it', () => {
    const browser = createBrowser()
    const value = 'v'.repeat(9_000)
    const planted = `${name}.0=planted; ${name}.1=planted; `
    browser.take(writeCookie(cookie, value, nothing))
    const header = [...browser.jar()].map(([key, [text]]) => `${key}=${text}`).join('; ')
    expect(readCookie(parseCookies(planted + header), name)).toEqual([value])
  })

  it('is tidied where it once was: on this host only, and at former places', () => {
    const browser = createBrowser()
    const options = { name: 's', path: '/app' }
    browser.take(writeCookie(defineCookie(options), 'host', nothing))
    browser.take(writeCookie(defineCookie({ ...options, domain: 'example.test' }), 'old', nothing))
    expect(readCookie(browser.jar(), 's')).toEqual(['host', 'old'])
    const now: Cookie = defineCookie({
      ...options,
      domain: 'app.example.test',
      formerly: [
        { domain: 'example.test', path: '/app' },
        { domain: 'app.example.test', path: '/app' },
      ],
    })
    browser.take(writeCookie(now, 'new', browser.jar()))
    expect(readCookie(browser.jar(), 's')).toEqual(['new'])
    expect(eraseCookie(now, nothing)).toEqual([
      's=; Path=/app; Domain=app.example.test; Max-Age=0; HttpOnly; Secure; SameSite=lax',
      's=; Path=/app; Max-Age=0; HttpOnly; Secure; SameSite=lax',
      's=; Path=/app; Domain=example.test; Max-Age=0; HttpOnly; Secure; SameSite=lax',
    ])
  })

  it('leaves the cookies of others alone', () => {
    const jar = parseCookies(
      `${name}x=1; ${name}x1=1; ${name}.x=1; ${name}.100=1; x${name}.0=1; other=1`,
    )
    expect(writeCookie(cookie, 'v', jar)).toHaveLength(1)
    expect(eraseCookie(cookie, jar)).toHaveLength(1)
  })
})
