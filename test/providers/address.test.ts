import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import {
  cleanPage,
  readFields,
  splitAddress,
  withoutFields,
} from '../../src/providers/shared/address.js'
import { decodeBase64 } from '../../src/providers/shared/base64.js'
import { readClaims } from '../../src/providers/shared/jwt.js'
import { checkUrl, partsOf } from '../../src/providers/shared/url.js'
import { workos } from '../../src/providers/workos/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { fc } from '../support/fast-check.js'
import { ReactNativeURL } from '../support/react-native-url.js'
import { context, jwt } from '../support/wire.js'

afterEach(() => void vi.unstubAllGlobals())

const NAMES = { query: ['code', 'sb'], fragment: ['access_token'] }

/** Any text, with many of the signs that addresses are made of. */
const odd = fc.string({ unit: fc.constantFrom(...'ab=&?#%+/:;é🦊 \n', 'code', '%63ode', '%zz') })

describe('cleaning an address', () => {
  it.each([
    ['https://a.example/?code=1', 'https://a.example/'],
    ['https://a.example/?x=1&code=1&y=2', 'https://a.example/?x=1&y=2'],
    [
      'https://a.example/?q=a%20b+c&e&=&f=%C3%A9%zz&code=1',
      'https://a.example/?q=a%20b+c&e&=&f=%C3%A9%zz',
    ],
    ['https://a.example/?%63ode=1&x', 'https://a.example/?x'],
    ['https://a.example/?', 'https://a.example/?'],
    ['https://a.example/?x#access_token=1&y=2', 'https://a.example/?x#y=2'],
    ['https://a.example/#/route?code=1', 'https://a.example/#/route?code=1'],
    ['https://a.example/#access_token=1', 'https://a.example/'],
    ['myapp://back?code=1', 'myapp://back'],
    ['not an address', 'not an address'],
  ])('leaves what is the app’s: %s', (href, expected) => {
    expect(withoutFields(href, NAMES)).toBe(expected)
  })

  it('leaves an address as it is, byte for byte, where there is nothing to take off', () => {
    fc.assert(
      fc.property(odd, (href) => {
        const { query, fragment } = splitAddress(href)
        const ours = [...readFields(query).keys()].some((name) => NAMES.query.includes(name))
        fc.pre(!ours && !readFields(fragment).has('access_token'))
        expect(withoutFields(href, NAMES)).toBe(href)
      }),
    )
  })

  it('takes off what is ours, whatever is around it, and nothing twice', () => {
    fc.assert(
      fc.property(odd, (href) => {
        const clean = withoutFields(href, NAMES)
        const { query, fragment } = splitAddress(clean)
        expect(readFields(query).has('code')).toBe(false)
        expect(readFields(fragment).has('access_token')).toBe(false)
        expect(withoutFields(clean, NAMES)).toBe(clean)
      }),
    )
  })

  it('never fails a call', () => {
    const page = {
      href: () => 'https://a.example/?code=1',
      replace() {
        throw new Error('A page may not change its address a hundred times in 30 seconds.')
      },
    }
    expect(() => cleanPage(page, 'https://a.example/?code=1', NAMES)).not.toThrow()
  })

  it('leaves a page alone that the app has led elsewhere meanwhile', () => {
    const replace = vi.fn()
    const page = { href: () => 'https://a.example/home?code=2', replace }
    cleanPage(page, 'https://a.example/?code=1', NAMES)
    expect(replace).not.toHaveBeenCalled()
  })
})

describe('the fields of an address', () => {
  it('are those that URLSearchParams reads, where it reads the same on all platforms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        const text = new URLSearchParams(pairs).toString()
        const known = new URLSearchParams(text)
        const fields = readFields(text)
        for (const name of known.keys()) {
          // A field without a name or a value is nobody's.
          if (`${name}${known.get(name)}` !== '') expect(fields.get(name)).toBe(known.get(name))
        }
        expect([...fields.keys()].every((name) => known.has(name))).toBe(true)
      }),
    )
  })

  it('are read without an error, whatever it is', () => {
    fc.assert(fc.property(odd, (text) => void readFields(text)))
    expect(readFields('a&b=&c=1=2&c=3&%zz=%zz')).toEqual(
      new Map([
        ['%zz', '%zz'],
        ['c', '1=2'],
        ['b', ''],
        ['a', ''],
      ]),
    )
  })
})

describe('the address of a server', () => {
  it.each([
    ['https://a.example', 'https://a.example'],
    ['https://A.example:443/auth/v1///', 'https://a.example/auth/v1'],
    [' https://a.example/x ', 'https://a.example/x'],
    ['http://localhost:9999/', 'http://localhost:9999'],
    ['http://app.localhost/', 'http://app.localhost'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('may be %s', (text, expected) => {
    expect(checkUrl(text)).toBe(expected)
  })

  it.each([
    'http://192.168.1.20:8000',
    'http://a.example',
    'http://localhost.evil.example',
    'http://evillocalhost',
    'HTTP://a.example',
  ])('is not by http elsewhere, and the message says what to do: %s', (text) => {
    expect(() => checkUrl(text)).toThrow(/`dangerouslyAllowInsecureHttp`/)
    expect(checkUrl(text, true)).toMatch(/^http:/)
  })

  it.each(['', 'auth', '/auth', 'ftp://a.example', 'https://', 'https://a:b@a.example', 'https:a'])(
    'is not %j',
    (text) => {
      expect(() => checkUrl(text, true)).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    },
  )

  it('has the parts that URL finds in it', () => {
    for (const base of ['https://a.example', 'https://a.example:8443/auth/v1']) {
      const { host, pathname: path } = new URL(base)
      expect(partsOf(base)).toEqual({ host, path })
    }
  })
})

describe('on React Native, whose URL can be neither set nor copied,', () => {
  const tokens = { access_token: jwt({ sub: 'ada' }), refresh_token: 'r', expires_in: 60 }

  it('providers are made, with the same names for storage', () => {
    const make = () => [
      gotrue({ url: 'https://a.example' }).id,
      gotrue({ url: 'https://a.example/auth/v1/' }).id,
      workos({ clientId: 'client_1' }).id,
    ]
    const elsewhere = make()
    vi.stubGlobal('URL', ReactNativeURL)
    expect(make()).toEqual(elsewhere)
    expect(elsewhere[0]).toBe('gotrue.a.example-')
    for (const url of ['nonsense', 'http://a.example']) {
      expect(() => gotrue({ url })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })

  it('a sign-in comes back by the address that the app was opened with', async () => {
    vi.stubGlobal('URL', ReactNativeURL)
    const { environment, storage } = createFakeBrowser().tab()
    const sent: string[] = []
    const provider = gotrue({
      url: 'https://a.example/auth/v1',
      async fetch(input, init) {
        sent.push(`${input} ${init?.body}`)
        return Response.json({ ...tokens, user: { id: 'ada' } })
      },
    })
    const auth = new AuthClient({ provider, storage, environment })
    const address = await auth.actions.authorizeUrl({ provider: 'github' })
    expect(address).toMatch(/^https:\/\/a\.example\/auth\/v1\/authorize\?provider=github&code_/)
    const result = await auth.actions.handleRedirect({ url: 'myapp://back?code=c1' })
    expect(result?.user?.id).toBe('ada')
    expect(sent[0]).toMatch(/"auth_code":"c1"/)
  })

  it('WorkOS’s redirects are told from others', async () => {
    vi.stubGlobal('URL', ReactNativeURL)
    const provider = workos({ clientId: 'c', redirectUri: 'myapp://back' })
    const { environment } = createFakeBrowser().tab()
    const auth = new AuthClient({ provider, storage: memoryStorage(), environment })
    expect(await auth.actions.handleRedirect({ url: 'myapp://else?code=c1' })).toBeNull()
    await expect(
      auth.actions.handleRedirect({ url: 'myapp://back?code=c1&state=s' }),
    ).rejects.toMatchObject({ code: 'invalid_credentials' })
  })

  it('providers are imported and used without TextDecoder and TextEncoder', async () => {
    vi.stubGlobal('TextDecoder', undefined)
    vi.stubGlobal('TextEncoder', undefined)
    vi.resetModules()
    const modules = await Promise.all([
      import('../../src/providers/gotrue/index.js'),
      import('../../src/providers/workos/index.js'),
      import('../../src/providers/supertokens/index.js'),
      import('../../src/providers/backend/index.js'),
    ])
    const [fresh] = modules
    // As there: an answer without a stream.
    const answer = Object.defineProperty(Response.json(tokens), 'body', { value: undefined })
    const provider = fresh.gotrue({ url: 'https://a.example', fetch: async () => answer })
    expect(await provider.refresh('r', context())).toMatchObject({ user: { id: 'ada' } })
  })
})

describe('the claims of a token', () => {
  it('are read as jose reads them, less what would name a prototype', () => {
    const harmless = (key: string, value: unknown) => (key === '__proto__' ? undefined : value)
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
        const token = jwt(claims)
        const expected = JSON.parse(JSON.stringify(decodeJwt(token)), harmless)
        expect(readClaims(token)).toEqual(expected)
      }),
    )
    expect(readClaims(jwt({ name: 'Zoë 🦊' }))).toEqual({ name: 'Zoë 🦊' })
  })

  it('are none where it is opaque, whatever it is', () => {
    const part = fc.string({ unit: fc.constantFrom(...'eyJ9.-_=é\ud800 \n') })
    fc.assert(
      fc.property(part, (token) => {
        const claims = readClaims(token)
        expect(claims === null || typeof claims === 'object').toBe(true)
      }),
    )
    for (const token of ['', 'a', 'a.b', 'a.e30', 'a.e30.b.c', 'a.W10.b', 'a.bnVsbA.b']) {
      expect(readClaims(token)).toBeNull()
    }
  })

  it('may be in base64 of either kind', () => {
    expect(decodeBase64('w7/Dv8O_')).toBe('ÿÿÿ')
    expect(() => decodeBase64('_w')).toThrow()
  })

  it('are read as UTF-8, whatever bytes they are, and not at all where they are none', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const outcome = (decode: () => string): string | null => {
      try {
        return decode()
      } catch {
        return null
      }
    }
    const texts = fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text))
    const odd = fc.array(
      fc.constantFrom(0, 9, 0x25, 0x41, 0x7f, 0x80, 0xc3, 0xa9, 0xed, 0xf0, 0xff),
    )
    const bytes = fc.oneof(texts, fc.uint8Array(), odd.map(Uint8Array.from.bind(Uint8Array)))
    fc.assert(
      fc.property(bytes, (all) => {
        const encoded = Buffer.from(all).toString('base64url')
        const [ours, wanted] = [() => decodeBase64(encoded), () => decoder.decode(all)].map(outcome)
        expect(ours).toBe(wanted)
      }),
      { numRuns: 500 },
    )
  })
})
