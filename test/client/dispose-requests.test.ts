import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa } from '../../src/providers/gotrue/mfa.js'
import { pushRequest, userinfo } from '../../src/providers/oidc/index.js'
import { popup } from '../../src/providers/oidc/popup.js'
import { type OidcFrame, silentSignIn } from '../../src/providers/oidc/silent.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { turns } from '../contracts/contract.js'
import { createDpopWorld } from '../support/dpop-world.js'
import { makeKey, openIssuer, SIGNING_DOCUMENT } from '../support/oidc-issuer.js'
import { createWindows } from '../support/oidc-windows.js'
import { answering, DOCUMENT, oidcPage, tokenBody } from '../support/oidc-wire.js'
import { PATIENT } from '../support/patient.js'
import { jwt, type Reply } from '../support/wire.js'

afterEach(() => void vi.unstubAllGlobals())

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => error)

const DISPOSED = { code: 'disposed' }
/** Where redirects that are under way are kept. */
const FLOWS = /flows$/

const ASKED = `${DOCUMENT.issuer}/.well-known/openid-configuration`

/** A `fetch` that holds the answers of one address back until it is let go, and what has left by it. */
function createGate(send: typeof fetch, held: string) {
  const left: string[] = []
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const through: typeof fetch = async (input, init) => {
    const { url } = new Request(input, init)
    left.push(url)
    const answer = await send(input, init)
    if (url === held) await gate
    return answer
  }
  /** Disposes of a client while that address has not answered yet, and lets the answer come. */
  async function disposeBefore(auth: { dispose(): void }): Promise<void> {
    await vi.waitUntil(() => left.includes(held), PATIENT)
    auth.dispose()
    open()
  }
  return { left, fetch: through, disposeBefore }
}

/** A page of OpenID Connect whose server answers by hand; `held` answers when it is let go. */
function createPage(held: string, options: Parameters<typeof oidcPage>[0] = {}, ...given: Reply[]) {
  const { fetch, replies } = answering(...given)
  const gate = createGate(fetch, held)
  return { ...gate, page: oidcPage({ ...options, fetch: gate.fetch }), replies }
}

/** A client of a GoTrue that answers by hand. */
function createGoTrue(held: string, ...given: Reply[]) {
  const gate = createGate(answering(...given).fetch, `https://auth.example${held}`)
  const browser = createFakeBrowser()
  function open() {
    const tab = browser.tab({ href: 'https://app.example/' })
    const { storage, environment } = tab
    const provider = gotrue({ url: 'https://auth.example', fetch: gate.fetch, now: () => 200_000 })
    return { tab, auth: new AuthClient({ provider, storage, environment }) }
  }
  return { ...gate, ...open(), open }
}

const goTrueBody = (more: object = {}) => ({
  access_token: jwt({ sub: 'ada', iat: 100, exp: 3_700, ...more }),
  refresh_token: 'refresh-1',
  expires_in: 3_600,
  user: { id: 'ada' },
})

/** GoTrue's refusal of a dead access token. */
const DEAD: Reply = [403, { code: 'bad_jwt', message: 'token is expired' }]

describe('a client that is disposed of while it waits for an answer', () => {
  it.each([
    ['refreshSession', (auth: AuthClient) => auth.refreshSession('elsewhere')],
    [
      'setSession',
      (auth: AuthClient) => auth.setSession({ accessToken: 'a', refreshToken: 'elsewhere' }),
    ],
  ] as const)('does not send the token of %s where it had to ask where to', async (_, call) => {
    const { page, left, disposeBefore } = createPage(ASKED, { metadata: undefined }, [
      200,
      DOCUMENT,
    ])
    const outcome = failureOf(call(page.auth))
    await disposeBefore(page.auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(left).toEqual([ASKED])
  })

  it('looks for the issuer at no second place', async () => {
    const { page, left, disposeBefore } = createPage(ASKED, { metadata: undefined }, [404, {}])
    const outcome = failureOf(page.auth.refreshSession('elsewhere'))
    await disposeBefore(page.auth)
    expect(await outcome).toMatchObject({ code: 'disposed' })
    expect(left).toEqual([ASKED])
  })

  it('sends no proof a second time that a server has refused for its nonce', async () => {
    const world = createDpopWorld({ dpop: { nonces: 'token', nonceLifetime: 1_000 } })
    const first = world.open()
    const before = await world.signIn(first)
    const answers: number[] = []
    const gate = createGate(async (input, init) => {
      const answer = await world.server.fetch(input, init)
      answers.push(answer.status)
      return answer
    }, 'https://id.example/token')
    const { auth } = world.open({ fetch: gate.fetch })
    await auth.getSession()
    // Neither the newest nonce nor the one before it is what the page has.
    await world.clock.advance(5_000)
    const outcome = failureOf(auth.refreshSession())
    await gate.disposeBefore(auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(answers).toEqual([400])
    expect(await first.auth.getSession()).toEqual(before)
    await expect(first.auth.refreshSession()).resolves.toMatchObject({ user: before.user })
  })

  it('sends a person nowhere who signs in by a window', async () => {
    const { page, disposeBefore } = createPage(ASKED, { metadata: undefined }, [200, DOCUMENT])
    const windows = createWindows(page.browser.clock)
    const outcome = failureOf(popup(page.auth, { page: windows.page }).signIn())
    await disposeBefore(page.auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(windows.opened.map(({ urls, closed }) => [urls, closed])).toEqual([[[], true]])
  })

  it('opens no frame', async () => {
    const { page, disposeBefore } = createPage(ASKED, { metadata: undefined }, [200, DOCUMENT])
    const frame = vi.fn<OidcFrame>(() => new Promise(() => {}))
    const outcome = failureOf(silentSignIn(page.auth, { frame }))
    await disposeBefore(page.auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(frame).not.toHaveBeenCalled()
  })

  it('pushes no sign-in, and keeps nothing of it', async () => {
    const endpoint = 'https://id.example/par'
    const document = { ...DOCUMENT, pushed_authorization_request_endpoint: endpoint }
    const options = { metadata: undefined, pushRequest }
    const { page, left, disposeBefore } = createPage(ASKED, options, [200, document])
    const outcome = failureOf(page.auth.actions.signInUrl())
    await disposeBefore(page.auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(left).toEqual([ASKED])
    expect([...page.browser.storage.entries.keys()]).toEqual([])
  })

  it('spends no refresh token at GoTrue for an access token that turns out to be dead', async () => {
    const { auth, left, disposeBefore } = createGoTrue('/user', DEAD)
    const { access_token: accessToken, refresh_token: refreshToken } = goTrueBody()
    const outcome = failureOf(auth.setSession({ accessToken, refreshToken }))
    await disposeBefore(auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(left).toEqual(['https://auth.example/user'])
  })

  it('sends no code of a second factor whose challenge it was still waiting for', async () => {
    const challenged: Reply = [200, { id: 'challenge-1', expires_at: 400 }]
    const path = '/factors/factor-1/challenge'
    const signedIn: Reply = [200, goTrueBody()]
    const { auth, left, disposeBefore } = createGoTrue(path, signedIn, challenged)
    await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
    left.length = 0
    const outcome = failureOf(mfa(auth).verify({ factorId: 'factor-1', code: '123456' }))
    await disposeBefore(auth)
    expect(await outcome).toMatchObject(DISPOSED)
    expect(left).toEqual([`https://auth.example${path}`])
  })
})

describe('a redirect that came back to a client which is disposed of', () => {
  it('keeps its code for the next page, as it was not sent while the keys were waited for', async () => {
    const issuer = await openIssuer({ verifyIdToken: verifyIdToken() })
    let answer = (_: Response): void => {}
    issuer.jwks.outage = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const { parameters } = await issuer.begin()
    const outcome = issuer.comeBack({ code: 'code-1', state: parameters.state ?? '' })
    await vi.waitUntil(() => issuer.jwks.asked > 0, PATIENT)
    issuer.auth.dispose()
    answer(Response.json({ keys: issuer.jwks.keys }))
    expect(await outcome).toMatchObject(DISPOSED)
    expect(issuer.asked).toEqual([SIGNING_DOCUMENT.jwks_uri])
    expect(issuer.tab.environment.page.href()).toContain('code=code-1')
    const flows = [...issuer.browser.storage.entries].filter(([key]) => FLOWS.test(key))
    expect(`${flows}`).toContain(parameters.state)
  })

  it('keeps the code of GoTrue in its address until a client has sent it', async () => {
    const code = '68943c48-2329-4d04-9122-1538a0fa69d5'
    const { auth, tab, left } = createGoTrue('/token', [200, goTrueBody()])
    await auth.actions.authorizeUrl({ provider: 'github' })
    tab.navigate(`https://app.example/?code=${code}`)
    const outcome = failureOf(auth.actions.handleRedirect())
    auth.dispose()
    expect(await outcome).toMatchObject(DISPOSED)
    expect(left).toEqual([])
    expect(tab.environment.page.href()).toContain(code)
  })
})

describe('what a client has sent before it is disposed of', () => {
  it('is finished: a sign-in whose code is spent asks who it is, and is there for the next page', async () => {
    const page = createPage(DOCUMENT.token_endpoint, { loadUser: userinfo })
    const { browser, begin, comeBack, auth } = page.page
    const { parameters } = await begin()
    const { state = '', nonce } = parameters
    page.replies.push([200, tokenBody({ nonce })], [200, { sub: 'ada', name: 'Ada' }])
    const outcome = comeBack({ code: 'code-1', state })
    await page.disposeBefore(auth)
    expect(await outcome).toMatchObject({ user: { id: 'ada', name: 'Ada' } })
    expect(page.left).toEqual([DOCUMENT.token_endpoint, DOCUMENT.userinfo_endpoint])
    const saved = [...browser.storage.entries.values()].join()
    expect(saved).toContain('refresh-1')
  })

  it('is finished also where its key has to be read once more', async () => {
    const world = createDpopWorld({})
    const gate = createGate(world.server.fetch, 'https://id.example/token')
    const opened = world.open({ fetch: gate.fetch, loadUser: userinfo })
    await world.visit(opened)
    const outcome = failureOf(opened.auth.actions.handleRedirect())
    await gate.disposeBefore(opened.auth)
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(gate.left.slice(-2)).toEqual(['https://id.example/token', 'https://id.example/me'])
    expect(await world.open().auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('is finished: a sign-in whose id token has a new key asks for that', async () => {
    const issuer = await openIssuer({ verifyIdToken: verifyIdToken() })
    const other = [(await makeKey('other')).jwk]
    const { jwks, auth, asked } = issuer
    jwks.outage = async () => Response.json({ keys: jwks.asked > 1 ? jwks.keys : other })
    const { parameters } = await issuer.begin()
    const { state = '', nonce } = parameters
    const body = issuer.bodyWith(await issuer.key.sign(issuer.claimsOf({ nonce })))
    const toJSON = (): object => {
      auth.dispose()
      return body
    }
    issuer.answers.push([200, { toJSON }])
    const outcome = issuer.comeBack({ code: 'code-1', state })
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    const { token_endpoint: endpoint, jwks_uri: keys } = SIGNING_DOCUMENT
    expect(asked).toEqual([keys, endpoint, keys])
  })

  it('is saved: a refresh, after which no key is asked for that only later ones need', async () => {
    const clock = { now: 1_010_000 }
    const issuer = await openIssuer({ verifyIdToken: verifyIdToken({}, () => clock.now) })
    await issuer.signIn()
    clock.now += 31_000
    issuer.asked.length = 0
    const next = await makeKey('next')
    const body = issuer.bodyWith(await next.sign(issuer.claimsOf()), { refresh_token: 'refresh-2' })
    const toJSON = (): object => {
      issuer.auth.dispose()
      return body
    }
    issuer.answers.push([200, { toJSON }])
    expect(await issuer.auth.refreshSession()).toMatchObject({
      session: { refreshToken: 'refresh-2' },
    })
    await turns()
    expect(issuer.asked).toEqual([SIGNING_DOCUMENT.token_endpoint])
  })

  it('is finished: a sign-out that needs a fresh access token ends the session at the server', async () => {
    const signedIn: Reply = [200, goTrueBody()]
    const fresh: Reply = [200, goTrueBody({ iat: 200 })]
    const given = [signedIn, DEAD, fresh, new Response(null, { status: 204 })]
    const { auth, left, disposeBefore } = createGoTrue('/logout?scope=local', ...given)
    await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
    left.length = 0
    await auth.signOut()
    await disposeBefore(auth)
    await vi.waitUntil(() => left.length === 3, PATIENT)
    expect(left.map((url) => new URL(url).pathname)).toEqual(['/logout', '/token', '/logout'])
  })
})
