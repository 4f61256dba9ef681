import { readFileSync } from 'node:fs'
import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, takeOver } from '../../src/index.js'
import {
  auth0SpaJs,
  axaOidcClient,
  msalBrowser,
  type OidcTakeOver,
  oidcClientTs,
} from '../../src/providers/oidc/take-over.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { fc } from '../support/fast-check.js'
import { ISSUER, oidcWire, tokenBody } from '../support/oidc-wire.js'
import { jwt } from '../support/wire.js'

afterEach(() => vi.unstubAllGlobals())

type Texts = Readonly<Record<string, string>>

/** A browser whose storage holds this. */
function createStorage(area: 'local' | 'session', entries: Texts): globalThis.Storage {
  const storage = new Window()[`${area}Storage`]
  for (const [key, value] of Object.entries(entries)) storage.setItem(key, value)
  vi.stubGlobal(`${area}Storage`, storage)
  return storage
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/take-over/${name}.json`, import.meta.url), 'utf8')

/** What a library has left in a real browser. */
const captured = (name: string): Texts => JSON.parse(fixture(name))

/** What is found at a time, in s. */
async function found(source: OidcTakeOver, at: number) {
  return source.parse(String(await source.storage.get(source.key)), at * 1000)
}

const CLAIMS = { iss: ISSUER, sub: 'ada', email: 'ada@example.com', iat: 1, exp: 9 }
const ID_TOKEN = jwt(CLAIMS)

/** As `@axa-fr/oidc-client` 7 stores it (`initSession.ts` and `parseTokens.ts`). */
const AXA = {
  tokens: {
    accessToken: 'a-1',
    expiresIn: 300,
    idToken: ID_TOKEN,
    scope: 'openid offline_access',
    tokenType: 'Bearer',
    issuedAt: 1_000,
    refreshToken: 'r-1',
    accessTokenPayload: null,
    idTokenPayload: CLAIMS,
    expiresAt: 1_300,
  },
}

/** What a real msal-browser has left in Chromium, by the id of its client, and when, in s. */
interface MsalCapture {
  readonly cookie: string
  readonly at: number
  readonly entries: Texts
}
const MSAL_CLIENT = 'a1b2c3d4-0000-4000-8000-000000000001'

/** The cookie lies where msal-browser puts it. */
function leftByMsal(name: string, area: 'local' | 'session', cookie?: string) {
  const { at, entries, ...its }: MsalCapture = JSON.parse(fixture(`msal-browser-${name}`))
  vi.stubGlobal('document', { cookie: cookie ?? `first=1; ${its.cookie}; last=2` })
  const storage = createStorage(area, entries)
  return { at, storage, source: msalBrowser({ clientId: MSAL_CLIENT, area }) }
}

const ACCOUNT = { homeAccountId: 'u.t', environment: 'login.microsoftonline.com', clientId: 'app' }

/** As msal-browser 5 stores what it does not encrypt. */
const MSAL: Texts = Object.fromEntries(
  [
    { ...ACCOUNT, credentialType: 'IdToken', secret: ID_TOKEN, realm: 't' },
    {
      ...ACCOUNT,
      credentialType: 'AccessToken',
      secret: 'a-1',
      cachedAt: '1000',
      expiresOn: '1300',
      extendedExpiresOn: '4000',
      realm: 't',
      target: 'api://one/read openid',
      tokenType: 'Bearer',
    },
    { ...ACCOUNT, credentialType: 'RefreshToken', secret: 'r-1', lastUpdatedAt: '1000000' },
  ].map((entry) => {
    const { homeAccountId, environment, credentialType, clientId } = entry
    const key = ['msal.3', homeAccountId, environment, credentialType, clientId, '', '', '', '']
    return [key.join('|').toLowerCase(), JSON.stringify(entry)]
  }),
)

/** What auth0-spa-js stores of one audience. */
const ofAuth0 = (audience: string, expiresAt: number, body: object): Texts => ({
  [`@@auth0spajs@@::app::${audience}::openid`]: JSON.stringify({
    body: { access_token: `a-${audience}`, expires_in: 60, token_type: 'Bearer', ...body },
    expiresAt,
  }),
})

describe('a session of oidc-client-ts', () => {
  const options = { authority: 'http://127.0.0.1:5101', clientId: 'spa' }

  it('is taken over as it was stored in a browser', async () => {
    createStorage('local', captured('oidc-client-ts-3.5'))
    const grant = await found(oidcClientTs({ ...options, area: 'local' }), 1_795_826_066)
    expect(grant).toMatchObject({
      accessToken: 'TaG_9bI_OCwCvMVjVThqbHOx4uVi_TLVceJbgSRF8Xk',
      refreshToken: 'DmQUJxNVOogRiJg-VboT0om-cmS7qFG-gjDTdJVzxpc',
      lifetime: 40_000,
      user: { id: 'ada' },
      extras: { scope: 'openid profile email offline_access', oidc: { subject: 'ada' } },
    })
    expect(grant?.extras?.id_token).toMatch(/^eyJ/)
  })

  it('knows of the person what was loaded besides the id token', async () => {
    const user = { access_token: 'a', id_token: jwt({ sub: 'ada' }), expires_at: 9 }
    const profile = { sub: 'ada', nickname: 'Countess' }
    const text = JSON.stringify({ ...user, profile })
    createStorage('session', { 'oidc.user:http://127.0.0.1:5101:spa': text })
    expect(await found(oidcClientTs(options), 1)).toMatchObject({ user: { nickname: 'Countess' } })
  })

  it('is looked for in sessionStorage, where nobody says otherwise, and of this client alone', async () => {
    createStorage('local', captured('oidc-client-ts-3.5'))
    createStorage('session', {})
    expect(await found(oidcClientTs(options), 0)).toBeNull()
    const other = oidcClientTs({ ...options, clientId: 'other', area: 'local' })
    expect(await found(other, 0)).toBeNull()
  })
})

describe('a session of @axa-fr/oidc-client', () => {
  it('is taken over as its source stores it', async () => {
    createStorage('session', { 'oidc.default': JSON.stringify(AXA) })
    const source = axaOidcClient({ configurationName: 'default' })
    expect(await found(source, 1_100)).toMatchObject({
      accessToken: 'a-1',
      refreshToken: 'r-1',
      lifetime: 200_000,
      user: { id: 'ada', email: 'ada@example.com' },
      extras: { id_token: ID_TOKEN },
    })
  })

  it('is none once somebody has signed out there', async () => {
    createStorage('session', { 'oidc.default': '{"tokens":null,"status":"LOGGED_OUT"}' })
    expect(await found(axaOidcClient({ configurationName: 'default' }), 0)).toBeNull()
  })
})

describe('a session of auth0-spa-js', () => {
  it('is taken over as it was stored in a browser', async () => {
    createStorage('local', captured('auth0-spa-js-2.28'))
    const grant = await found(auth0SpaJs({ clientId: 'spa' }), 1_795_826_092)
    expect(grant).toMatchObject({
      refreshToken: 'RGVJo93bL44OOUBj8h1DkrawMoPZBblEUXAE2ynZQnq',
      lifetime: 40_000,
      user: { id: 'ada', name: 'Ada', email: 'ada@example.com' },
      extras: { scope: 'openid profile email offline_access' },
    })
  })

  it('is, of several, that of the newest token, which is then asked for anew', async () => {
    createStorage('local', {
      ...ofAuth0('one', 2_000, { refresh_token: 'r-one' }),
      ...ofAuth0('two', 4_000, { refresh_token: 'r-two' }),
      ...ofAuth0('three', 3_000, { refresh_token: 'r-three' }),
      ...ofAuth0('four', 9_000, {}),
      '@@auth0spajs@@::other::x::openid': 'not ours',
    })
    expect(await found(auth0SpaJs({ clientId: 'app' }), 1_000)).toMatchObject({
      refreshToken: 'r-two',
      lifetime: 1,
    })
  })

  it('is taken over by its refresh token alone, which is all that is left near the end of the token', async () => {
    createStorage('local', {
      '@@auth0spajs@@::app::default::openid': JSON.stringify({
        body: { refresh_token: 'r-1', audience: 'default', scope: 'openid' },
        // That is removed a minute ahead.
        expiresAt: 1_030,
      }),
      '@@auth0spajs@@::app::@@user@@': JSON.stringify({ id_token: ID_TOKEN }),
    })
    expect(await found(auth0SpaJs({ clientId: 'app' }), 1_000)).toMatchObject({
      refreshToken: 'r-1',
      lifetime: 1,
      user: { id: 'ada' },
    })
  })

  it('is taken over from before 2.0, which kept the id token beside the others', async () => {
    createStorage('local', ofAuth0('one', 2_000, { refresh_token: 'r', id_token: ID_TOKEN }))
    expect(await found(auth0SpaJs({ clientId: 'app' }), 1_000)).toMatchObject({
      user: { id: 'ada' },
    })
  })
})

describe('a session of msal-browser', () => {
  it('is taken over where it is not encrypted', async () => {
    createStorage('session', { ...MSAL, 'msal.3.account.keys': '["u.t"]' })
    expect(await found(msalBrowser({ clientId: 'app' }), 1_100)).toMatchObject({
      accessToken: 'a-1',
      refreshToken: 'r-1',
      lifetime: 200_000,
      user: { id: 'ada' },
      extras: { scope: 'api://one/read openid', id_token: ID_TOKEN },
    })
  })

  it('is, of several accounts, that of the newest token, with nothing of another one’s', async () => {
    const bob = { ...ACCOUNT, homeAccountId: 'b.t' }
    const token = { tokenType: 'Bearer', target: 'openid', expiresOn: '9000' }
    createStorage('session', {
      ...MSAL,
      bobs: JSON.stringify({ ...bob, ...token, credentialType: 'AccessToken', secret: 'a-bob' }),
      newer: JSON.stringify({ ...bob, credentialType: 'RefreshToken', secret: 'r-bob' }),
    })
    expect(await found(msalBrowser({ clientId: 'app' }), 1_100)).toMatchObject({
      accessToken: 'a-bob',
      refreshToken: 'r-bob',
      user: undefined,
    })
  })

  it('is taken over by its refresh token where its access tokens are gone', async () => {
    const entries = Object.entries(MSAL).filter(([key]) => !key.includes('accesstoken'))
    createStorage('session', Object.fromEntries(entries))
    expect(await found(msalBrowser({ clientId: 'app' }), 1_100)).toMatchObject({
      refreshToken: 'r-1',
      lifetime: 1,
      user: { id: 'ada' },
      extras: { id_token: ID_TOKEN },
    })
  })

  it('is one that has an access token, where there are others by a refresh token alone', async () => {
    const bob = { ...ACCOUNT, homeAccountId: 'b.t' }
    createStorage('session', {
      bobs: JSON.stringify({ ...bob, credentialType: 'RefreshToken', secret: 'r-bob' }),
      ...MSAL,
    })
    expect(await found(msalBrowser({ clientId: 'app' }), 1_100)).toMatchObject({
      accessToken: 'a-1',
      refreshToken: 'r-1',
      lifetime: 1,
    })
  })

  it('has the id token of the tenant that its access token is of', async () => {
    const other = {
      ...ACCOUNT,
      credentialType: 'IdToken',
      secret: jwt({ sub: 'guest' }),
      realm: 'u',
    }
    createStorage('session', { other: JSON.stringify(other), ...MSAL })
    expect(await found(msalBrowser({ clientId: 'app' }), 1_100)).toMatchObject({
      user: { id: 'ada' },
    })
  })

  it.each([
    ['4.0', 'local'],
    ['4.30', 'local'],
    ['5.30', 'local'],
    ['5.30-kmsi', 'local'],
    ['5.30-session', 'session'],
  ] as const)(
    'is taken over as version %s stored it in a browser, with nothing of its tokens left there: %sStorage',
    async (version, area) => {
      const { at, storage, source } = leftByMsal(version, area)
      expect(await found(source, at + 10)).toMatchObject({
        accessToken: 'access-of-entra',
        refreshToken: 'refresh-of-entra',
        lifetime: 3_590_000,
        user: { id: 'ada', email: 'ada@example.com' },
        extras: { scope: 'openid profile api://one/read' },
      })
      await source.storage.remove(source.key)
      expect(
        Object.keys(storage).filter((key) => /(id|access|refresh)token[|-]/.test(key)),
      ).toEqual([])
    },
  )

  it.each([
    ['has been closed since', ''],
    [
      'has been closed, and has another key since',
      'msal.cache.encryption=%7B%22id%22%3A%221%22%7D',
    ],
    ['has a cookie that says nothing', 'msal.cache.encryption=%7'],
  ])('is none where it is encrypted and the browser %s', async (_how, cookie) => {
    const { at, source } = leftByMsal('5.30', 'local', cookie)
    expect(await found(source, at)).toBeNull()
  })

  it('is none where the cookie has the id of its key, and a key that is none of it', async () => {
    const { cookie }: MsalCapture = JSON.parse(fixture('msal-browser-5.30'))
    const [, id = ''] = /%22id%22%3A%22([\w-]+)/.exec(cookie) ?? []
    expect(id).toHaveLength(36)
    for (const key of ['x', '', 'A'.repeat(43), 7, null]) {
      const value = encodeURIComponent(JSON.stringify({ id, key }))
      const { at, source } = leftByMsal('5.30', 'local', `msal.cache.encryption=${value}`)
      expect(await found(source, at)).toBeNull()
    }
  })

  it('stays where it is when it is of another client, encrypted or not', async () => {
    const { at, storage } = leftByMsal('5.30', 'local')
    const entries = { ...storage }
    for (const clientId of ['other', '000000000001', 'openid']) {
      const source = msalBrowser({ clientId, area: 'local' })
      expect(await found(source, at)).toBeNull()
      await source.storage.remove(source.key)
    }
    expect({ ...storage }).toEqual(entries)
    createStorage('session', MSAL)
    expect(await found(msalBrowser({ clientId: 'other' }), 0)).toBeNull()
  })
})

/** A source of each library, and an entry of its in which `inner` is what is not to be trusted. */
const SOURCES: readonly (readonly [string, OidcTakeOver, (inner: object) => Texts])[] = [
  [
    'oidc-client-ts',
    oidcClientTs({ authority: 'https://id.example', clientId: 'app', area: 'local' }),
    (inner) => ({ 'oidc.user:https://id.example:app': JSON.stringify(inner) }),
  ],
  [
    '@axa-fr/oidc-client',
    axaOidcClient({ configurationName: 'default', area: 'local' }),
    (inner) => ({ 'oidc.default': JSON.stringify({ tokens: inner }) }),
  ],
  [
    'auth0-spa-js',
    auth0SpaJs({ clientId: 'app' }),
    (inner) => ({ '@@auth0spajs@@::app::a::b': JSON.stringify({ body: inner, ...inner }) }),
  ],
  [
    'msal-browser',
    msalBrowser({ clientId: 'app', area: 'local' }),
    (inner) => ({ any: JSON.stringify({ ...inner, clientId: 'app' }) }),
  ],
]

const NAMES = [
  ...['access_token', 'refresh_token', 'id_token', 'token_type', 'scope', 'profile', 'expires_at'],
  ...['accessToken', 'refreshToken', 'idToken', 'idTokenPayload', 'expiresAt', 'tokenType'],
  ...['credentialType', 'secret', 'homeAccountId', 'target', 'expiresOn'],
]

describe.each(SOURCES)('what %s left', (_name, source, entry) => {
  it('is a sound session or absent, whatever it says, and never thrown', () => {
    const value = fc.oneof(
      fc.constantFrom('a', 'Bearer', 'DPoP', 'AccessToken', 'RefreshToken', ID_TOKEN, '', null),
      fc.jsonValue(),
    )
    const fields = fc.dictionary(fc.constantFrom(...NAMES), value)
    fc.assert(
      fc.property(fields, fc.integer({ min: -1, max: 4e9 }), (inner, now) => {
        const text = JSON.stringify(Object.entries(entry(inner)))
        const grant = source.parse(text, now)
        if (!grant) return
        expect(grant.accessToken).toMatch(/./)
        expect(grant.lifetime).toBeGreaterThan(0)
        expect(grant.refreshToken ?? '').toBeTypeOf('string')
        expect(grant.user?.id ?? 'nobody').toMatch(/./)
      }),
    )
  })

  it('is absent where it is no JSON, nothing, or bound to a key', () => {
    const bound = entry({ access_token: 'a', refresh_token: 'r', token_type: 'DPoP' })
    const texts = ['', 'null', '[]', '[[]]', '[1]', '{}', '[["a","{"]]', '[["a",7]]', '"text"']
    for (const text of [...texts, JSON.stringify(Object.entries(bound))]) {
      expect(source.parse(text, 0)).toBeNull()
    }
  })

  it('is nothing on a server, and nothing where storage is missing', async () => {
    expect(await found(source, 0)).toBeNull()
    await source.storage.remove(source.key)
  })
})

describe('taking over', () => {
  it('moves a session here once, refreshes it with its own token, and leaves nothing there', async () => {
    const storage = createStorage('session', { 'oidc.default': JSON.stringify(AXA), else: 'stays' })
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const { provider, sent } = oidcWire({}, [200, tokenBody()])
    const auth = new AuthClient({
      provider,
      storage: tab.storage,
      environment: tab.environment,
      takeOver: takeOver(axaOidcClient({ configurationName: 'default' })),
    })
    await auth.getSession()
    // Its token has died long ago.
    await browser.clock.advance(1)
    expect(await auth.getSession()).toMatchObject({ accessToken: 'access-1', user: { id: 'ada' } })
    expect(sent[0]?.form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'r-1' })
    expect({ ...storage }).toEqual({ else: 'stays' })
  })

  it('gets its first access token by a refresh where none was left, and serves none before', async () => {
    const left = { refresh_token: 'r-1', id_token: ID_TOKEN, expires_at: 1 }
    createStorage('session', { 'oidc.user:https://id.example:app': JSON.stringify(left) })
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const { provider, sent } = oidcWire({}, [503, {}], [200, tokenBody()])
    const auth = new AuthClient({
      provider,
      storage: tab.storage,
      environment: tab.environment,
      takeOver: takeOver(oidcClientTs({ authority: 'https://id.example', clientId: 'app' })),
    })
    await browser.clock.settle()
    await browser.clock.advance(1)
    // An outage costs nobody the session.
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'server_error' })
    expect(auth.getSnapshot()).toMatchObject({
      status: 'signed-in',
      session: { user: { id: 'ada' } },
    })
    await browser.clock.advance(10_000)
    expect(await auth.getAccessToken()).toBe('access-1')
    expect(sent.map(({ form }) => form.refresh_token)).toEqual(['r-1', 'r-1'])
  })

  it('sends a session of another issuer to nobody: it ends at its first refresh', async () => {
    const id_token = jwt({ ...CLAIMS, iss: 'https://former.example' })
    const left = { access_token: 'a-1', refresh_token: 'r-1', id_token, expires_at: 1 }
    createStorage('session', { 'oidc.user:https://former.example:app': JSON.stringify(left) })
    const { provider, sent } = oidcWire({})
    const tab = createFakeBrowser().tab()
    const auth = new AuthClient({
      provider,
      storage: tab.storage,
      environment: tab.environment,
      takeOver: takeOver(oidcClientTs({ authority: 'https://former.example', clientId: 'app' })),
    })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(await auth.getSession()).toBeNull()
    expect(sent).toEqual([])
  })

  it('takes a session without a refresh token only while its token lives', async () => {
    const { refreshToken: _, ...tokens } = AXA.tokens
    createStorage('session', { 'oidc.default': JSON.stringify({ tokens }) })
    const source = axaOidcClient({ configurationName: 'default' })
    expect(await found(source, 1_299)).toMatchObject({ lifetime: 1_000 })
    expect(await found(source, 1_300)).toBeNull()
  })

  it('is refused without the names that say where the session lies', () => {
    for (const make of [oidcClientTs, axaOidcClient, auth0SpaJs, msalBrowser]) {
      for (const given of [[], [{}], [null], [{ clientId: 7 }]]) {
        expect(() => Reflect.apply(make, null, given)).toThrowError(
          expect.objectContaining({ code: 'invalid_argument' }),
        )
      }
    }
    expect(() => oidcClientTs(Object({ authority: 'a', clientId: '' }))).toThrowError(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
