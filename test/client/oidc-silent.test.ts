import { afterEach, describe, expect, it, vi } from 'vitest'
import { resourceTokens } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { type OidcFrame, silentRenewal, silentSignIn } from '../../src/providers/oidc/silent.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { turns } from '../contracts/contract.js'
import { said } from '../support/oidc-windows.js'
import { DOCUMENT, oidcPage, tokenBody } from '../support/oidc-wire.js'
import { createOidcWorld } from '../support/oidc-world.js'
import { PATIENT } from '../support/patient.js'

afterEach(() => vi.unstubAllGlobals())

/** A frame whose server answers by hand; without an answer it shows a page. */
function createFrames() {
  const asked: Readonly<Record<string, string>>[] = []
  const ended: unknown[] = []
  const answers: Readonly<Record<string, string>>[] = []
  const frame: OidcFrame = (url, { state, signal }) => {
    asked.push(Object.fromEntries(new URL(url).searchParams))
    signal.addEventListener('abort', () => ended.push(signal.reason))
    const answer = answers.shift()
    return new Promise((resolve) => {
      if (answer) resolve(new Map(Object.entries({ state, ...answer })))
    })
  }
  return { asked, ended, answers, frame }
}

/** The tokens of an answer whose id token has the nonce of the last request in a frame. */
const answeredAs =
  ({ asked }: ReturnType<typeof createFrames>, claims: Readonly<Record<string, unknown>> = {}) =>
  (): [number, unknown] => {
    const { refresh_token: _, ...body } = tokenBody({ nonce: asked.at(-1)?.nonce, ...claims })
    return [200, body]
  }

describe('a silent sign-in', () => {
  it('signs in whoever is signed in at the server, who is not asked', async () => {
    const frames = createFrames()
    const { auth, replies, browser } = oidcPage({})
    frames.answers.push({ code: 'code-1' })
    const frame: OidcFrame = async (...given) => {
      const answer = await frames.frame(...given)
      replies.push(answeredAs(frames)())
      return answer
    }
    const options = { frame, prompt: 'login', loginHint: 'ada' }
    expect(await silentSignIn(auth, options)).toMatchObject({ user: { id: 'ada' } })
    expect(frames.asked).toMatchObject([
      { prompt: 'none', login_hint: 'ada', state: expect.stringMatching(/^[\w-]{43}\.frame$/) },
    ])
    expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' }, refreshToken: null })
    expect([...browser.storage.entries.keys()].filter((key) => /flows/.test(key))).toEqual([])
  })

  it.each(['login_required', 'interaction_required', 'consent_required'])(
    'is a step where the server says %s, and signs nobody in or out',
    async (error) => {
      const frames = createFrames()
      const { auth, signIn, ends } = oidcPage({})
      await signIn()
      frames.answers.push({ error, error_description: '<b>no</b>' })
      await expect(silentSignIn(auth, { frame: frames.frame })).rejects.toMatchObject({
        code: 'step_required',
        details: { step: error },
        message: expect.not.stringContaining('<'),
      })
      expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
      expect(ends).toEqual([])
    },
  )

  it.each([
    ['https://app.example/start', 'Right after a sign-in'],
    ['https://app.other.example/start', 'of another site than this page'],
    ['https://other.test/', 'of another site than this page'],
    ['about:srcdoc', 'Right after a sign-in'],
  ])('says on %s that the browser may keep cookies out of frames: %s', async (href, words) => {
    const metadata = { ...DOCUMENT, authorization_endpoint: 'https://id.app.example/authorize' }
    vi.stubGlobal('location', new URL(href))
    const frames = createFrames()
    frames.answers.push({ error: 'login_required' })
    const outcome = silentSignIn(oidcPage({ metadata }).auth, { frame: frames.frame })
    await expect(outcome).rejects.toMatchObject({ message: expect.stringContaining(words) })
  })

  it.each([
    ['https://app.a.co.uk/', 'https://id.a.co.uk/authorize', 'Right after a sign-in'],
    ['https://app.a.co.uk/', 'https://id.b.co.uk/authorize', 'of another site than this page'],
    ['https://app.bmw.de/', 'https://id.bmw.de/authorize', 'Right after a sign-in'],
    ['https://one.com/', 'https://two.com/authorize', 'of another site than this page'],
    ['http://localhost:1/', 'http://localhost:2/authorize', 'Right after a sign-in'],
  ])('knows on %s whether %s is of the same site: %s', async (href, there, words) => {
    vi.stubGlobal('location', new URL(href))
    const frames = createFrames()
    frames.answers.push({ error: 'login_required' })
    const issuer = new URL(there).origin
    const metadata = { authorization_endpoint: there, token_endpoint: `${issuer}/token` }
    const outcome = silentSignIn(oidcPage({ issuer, metadata }).auth, { frame: frames.frame })
    await expect(outcome).rejects.toMatchObject({ message: expect.stringContaining(words) })
  })

  it('ends in time where the server shows a page and never answers', async () => {
    const frames = createFrames()
    const { auth, browser } = oidcPage({})
    const outcome = silentSignIn(auth, { frame: frames.frame }).catch((error: unknown) => error)
    await vi.waitUntil(() => frames.asked.length, PATIENT)
    await browser.clock.advance(10_000)
    expect(await outcome).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('cookies are kept out of frames'),
    })
    expect(frames.ended).toHaveLength(1)
    expect(await auth.getSession()).toBeNull()
  })

  it('ends when its caller gives up', async () => {
    const frames = createFrames()
    const { auth } = oidcPage({})
    const abort = new AbortController()
    const outcome = silentSignIn(auth, { frame: frames.frame }, { signal: abort.signal })
    await vi.waitUntil(() => frames.asked.length, PATIENT)
    abort.abort()
    await expect(outcome).rejects.toMatchObject({ code: 'aborted' })
    expect(frames.ended).toHaveLength(1)
  })

  it('is refused outside pages, with wrong options, and without a client of oidc()', async () => {
    const { auth } = oidcPage({})
    await expect(silentSignIn(auth)).rejects.toThrow('needs a page')
    for (const attempt of [
      () => silentSignIn(auth, { maxAge: -1, frame: createFrames().frame }),
      () => silentSignIn(auth, Object({ frame: 'text' })),
      () => Reflect.apply(silentSignIn, null, [{}]),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    for (const attempt of [
      () => silentRenewal(oidcPage({}).provider, Object({ frames: 1 })),
      () => Reflect.apply(silentRenewal, null, []),
      () => Reflect.apply(silentRenewal, null, [gotrue({ url: 'https://auth.example' })]),
    ]) {
      expect(attempt).toThrowError(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })
})

/** Stands in for the frames of one page; `say` is what a page in one of them says. */
function createDocument() {
  const page = new EventTarget()
  const frames: object[] = []
  const contentWindow = {}
  const attributes: Record<string, string> = {}
  const iframe = {
    hidden: false,
    src: '',
    contentWindow,
    setAttribute: (name: string, value: string) => {
      attributes[name] = value
    },
    remove: () => void frames.splice(frames.indexOf(iframe), 1),
  }
  vi.stubGlobal('location', new URL('https://app.example/start'))
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('document', {
    createElement: () => iframe,
    body: { append: (frame: object) => frames.push(frame) },
  })
  const say = (
    fields: Readonly<Record<string, string>>,
    { origin = 'https://app.example', source = contentWindow } = {},
  ): void => {
    page.dispatchEvent(Object.assign(new Event('message'), { data: said(fields), origin, source }))
  }
  return { frames, iframe, attributes, say }
}

describe('a frame', () => {
  it('is seen by nobody, can lead the page nowhere, and is heard alone, on its own origin', async () => {
    const { frames, iframe, attributes, say } = createDocument()
    const { auth, replies, sent } = oidcPage({})
    const outcome = silentSignIn(auth)
    await vi.waitUntil(() => frames.length, PATIENT)
    expect(iframe.hidden).toBe(true)
    expect(attributes.sandbox).toBe('allow-forms allow-same-origin allow-scripts')
    const { state = '', nonce } = Object.fromEntries(new URL(iframe.src).searchParams)
    replies.push([200, tokenBody({ nonce })])
    say({ code: 'evil', state }, { origin: 'https://evil.example' })
    say({ code: 'evil', state }, { source: {} })
    say({ code: 'evil', state: 'other.frame' })
    say({ code: 'good', state })
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(sent.map(({ form }) => form.code)).toEqual(['good'])
    expect(frames).toEqual([])
  })

  it('is never made for somebody who has given up by then', async () => {
    const { frames } = createDocument()
    const { auth } = oidcPage({})
    const abort = new AbortController()
    // PKCE is real work, in which the caller may give up.
    const digest = crypto.subtle.digest.bind(crypto.subtle)
    const spy = vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (...given) => {
      abort.abort()
      return digest(...given)
    })
    await expect(silentSignIn(auth, {}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
    await vi.waitUntil(() => spy.mock.settledResults[0]?.type === 'fulfilled', PATIENT)
    await turns()
    spy.mockRestore()
    expect(frames).toEqual([])
  })

  it('is gone after its time', async () => {
    const { frames } = createDocument()
    const { auth, browser } = oidcPage({})
    const outcome = silentSignIn(auth).catch((error: unknown) => error)
    await vi.waitUntil(() => frames.length, PATIENT)
    await browser.clock.advance(10_000)
    expect(await outcome).toMatchObject({ code: 'timeout' })
    expect(frames).toEqual([])
  })
})

/** A server that gives pages no refresh token, and tabs that renew their session in frames. */
function createSilentWorld(options: Parameters<typeof createOidcWorld>[0] = {}) {
  const world = createOidcWorld({ manners: 'zitadel', ...options })
  const urls: string[] = []
  const frame: OidcFrame = async (url) => {
    urls.push(url)
    const { headers } = await world.server.fetch(url, { redirect: 'manual' })
    const location = headers.get('location')
    // A page is shown, which never answers.
    return location ? new Map(new URL(location).searchParams) : new Promise(() => {})
  }
  const open = (given: object = {}, options: object = { frame }) =>
    world.open({ scope: 'openid', ...given }, (provider) => {
      const renewed = silentRenewal(provider, options)
      // Each begins with PKCE, which is real work: time must not pass meanwhile.
      const refresh: typeof renewed.refresh = (...call) =>
        world.clock.track(renewed.refresh(...call))
      return { ...renewed, refresh }
    })
  return { ...world, open, openPlain: world.open, urls, frame }
}

describe('the session of a server that gives no refresh token', () => {
  it('is renewed in a frame also where id tokens are verified, each with a nonce of its own', async () => {
    const { open, signIn, clock } = createSilentWorld({ signing: 'es256' })
    const tab = open({ verifyIdToken: verifyIdToken({}, () => clock.now()) })
    const first = await signIn(tab)
    const second = await tab.auth.refreshSession()
    const third = await tab.auth.refreshSession()
    const all = [first, second.session, third.session]
    expect(new Set(all.map(({ extras }) => extras.id_token)).size).toBe(3)
  })

  it('is renewed in a frame ahead of its end, one for all tabs', async () => {
    const { open, signIn, clock, urls, server } = createSilentWorld()
    const tabs = [open(), open(), open()]
    const [first] = tabs
    if (!first) return
    const { accessToken, refreshToken } = await signIn(first)
    expect(refreshToken).toMatch(/^frame\./)
    await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    await clock.advance(60_000)
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(new Set(sessions.map((session) => session?.accessToken)).size).toBe(1)
    expect(sessions[0]?.accessToken).not.toBe(accessToken)
    expect(urls).toHaveLength(1)
    expect(urls[0]).toContain('prompt=none')
    expect(server.count('refresh_token')).toBe(0)
    expect(tabs[1]?.events.at(-1)).toBe('TOKEN_REFRESHED')
  })

  it('is renewed by a page beside a worker, which has no frames and tries first', async () => {
    const { open, signIn, clock } = createSilentWorld()
    const page = open()
    const worker = open({}, {})
    await signIn(page)
    await worker.auth.getSession()
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000)
      expect(await page.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    }
    expect(await worker.auth.getSession()).toEqual(await page.auth.getSession())
    await expect(worker.auth.refreshSession()).rejects.toMatchObject({ code: 'timeout' })
  })

  it('is renewed for the person that its id token names, where the app wants the server to be told', async () => {
    const { open, signIn, urls, frame } = createSilentWorld()
    const hinting = open({}, { frame, idTokenHint: true })
    const { extras } = await signIn(hinting)
    const { session } = await hinting.auth.refreshSession()
    await hinting.auth.refreshSession()
    const plain = open()
    await plain.auth.refreshSession()
    expect(urls.map((url) => new URL(url).searchParams.get('id_token_hint'))).toEqual([
      extras.id_token,
      session.extras.id_token,
      null,
    ])
  })

  it('is over where the app has another issuer by now, whom nothing of it is told', async () => {
    const { openPlain, signIn, urls, frame } = createSilentWorld()
    const release = (issuer: string) =>
      openPlain({ scope: 'openid', issuer }, (provider) => {
        const renewed = silentRenewal(provider, { frame, idTokenHint: true })
        // As with an app's own storage key.
        return { ...renewed, id: 'oidc.app' }
      })
    await signIn(release('https://id.example'))
    const later = release('https://new.example')
    await expect(later.auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(urls).toEqual([])
  })

  it('is renewed at once by refreshSession()', async () => {
    const { open, signIn, urls } = createSilentWorld()
    const opened = open()
    const before = await signIn(opened)
    const { session } = await opened.auth.refreshSession()
    expect(session.accessToken).not.toBe(before.accessToken)
    expect(urls).toHaveLength(1)
    expect(opened.events.at(-1)).toBe('TOKEN_REFRESHED')
  })

  it('is for what its sign-in asked for, at each renewal', async () => {
    const { open, signIn, urls } = createSilentWorld()
    const opened = open()
    const asked = {
      resource: 'https://own.example',
      audience: 'own',
      organization: 'org-1',
      scope: 'openid orders',
    }
    await signIn(opened, asked)
    await opened.auth.refreshSession()
    await opened.auth.refreshSession()
    const parameters = urls.map((url) => Object.fromEntries(new URL(url).searchParams))
    expect(parameters).toMatchObject([asked, asked])
  })

  it('stays that person’s when a token of another scope is asked for', async () => {
    const { open, signIn, urls } = createSilentWorld()
    const opened = open({ resourceTokens: resourceTokens() })
    const { accessToken } = await signIn(opened)
    const token = await opened.auth.getAccessToken({ scope: 'orders' })
    expect(token).not.toBe(accessToken)
    expect(await opened.auth.getSession()).toMatchObject({ accessToken, user: { id: 'ada' } })
    expect(new URL(urls[0] ?? '').searchParams.get('scope')).toBe('openid orders')
  })

  it('goes on while the server wants the person to be asked', async () => {
    const { open, signIn, server, clock } = createSilentWorld()
    const opened = open()
    await signIn(opened)
    server.signInAs(null)
    await expect(opened.auth.refreshSession()).rejects.toMatchObject({
      code: 'step_required',
      serverCode: 'login_required',
    })
    expect(await opened.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    await clock.advance(60_000)
    // The token is dead by now: nobody has signed out, and no session can be handed out.
    await expect(opened.auth.getSession()).rejects.toMatchObject({ code: 'step_required' })
    expect(opened.events.join()).not.toMatch(/SIGNED_OUT/)
  })

  it('goes on where the server shows a page in the frame instead of answering', async () => {
    const { open, signIn, server, clock } = createSilentWorld({ manners: 'spring' })
    const opened = open()
    await signIn(opened)
    server.signInAs(null)
    const outcome = opened.auth.refreshSession().catch((error: unknown) => error)
    await clock.advance(10_000)
    expect(await outcome).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('cookies are kept out of frames'),
    })
    server.signInAs({ sub: 'ada' })
    await clock.advance(60_000)
    expect(await opened.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('never becomes that of somebody else who is signed in there by now: it ends', async () => {
    const { open, signIn, server } = createSilentWorld()
    const opened = open()
    await signIn(opened)
    server.signInAs({ sub: 'eve' })
    await expect(opened.auth.refreshSession()).rejects.toMatchObject({
      serverCode: 'subject_changed',
    })
    expect(await opened.auth.getSession()).toBeNull()
    expect(opened.events.at(-1)).toBe('SIGNED_OUT subject-changed')
  })

  it('sends no server what stands for its refresh token', async () => {
    const { open, signIn, server, clock } = createSilentWorld()
    const opened = open()
    await signIn(opened)
    server.clearLog()
    await opened.auth.signOut()
    await clock.advance(3_000)
    expect(server.requests.map(({ path }) => path)).toEqual(['/token/revocation'])
    expect(server.liveSessions()).toBe(0)
  })

  it('is kept by a tab that cannot renew it, such as one of the release before, and goes on in others', async () => {
    const { open, openPlain, signIn, server, clock, urls } = createSilentWorld()
    const [tab, old] = [open(), openPlain({ scope: 'openid' })]
    await signIn(tab)
    await old.auth.getSession()
    server.clearLog()
    await expect(old.auth.refreshSession()).rejects.toMatchObject({
      code: 'storage',
      retryable: true,
    })
    await clock.advance(600_000)
    expect(await tab.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    expect(server.count('refresh_token')).toBe(0)
    expect(tab.events.join()).not.toMatch(/SIGNED_OUT/)
    // It ends the session all the same, by what the server knows.
    await old.auth.signOut()
    await clock.advance(3_000)
    expect(server.liveSessions()).toBe(urls.length)
  })

  it('is renewed by its refresh token where the server gives one after all', async () => {
    const { open, signIn, urls, server } = createSilentWorld({ manners: 'keycloak' })
    const opened = open()
    await signIn(opened)
    await opened.auth.refreshSession()
    expect(urls).toEqual([])
    expect(server.count('refresh_token')).toBe(1)
  })

  it('is that of nobody else who passes such a name', async () => {
    const { open, urls } = createSilentWorld()
    const { auth } = open()
    await expect(auth.refreshSession('frame.1')).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(urls).toEqual([])
  })

  it('asks who it is of `loadUser` where the server names nobody', async () => {
    const people = ['ada', 'ada', 'eve']
    const loadUser = async () => ({ id: people.shift() ?? '' })
    const { open, signIn } = createSilentWorld()
    const opened = open({ scope: 'read', loadUser })
    await signIn(opened)
    expect(await opened.auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
    await expect(opened.auth.refreshSession()).rejects.toMatchObject({
      serverCode: 'subject_changed',
    })
    // Where nobody says whose the tokens are, they might be anybody's.
    const unnamed = open({ scope: 'read' })
    await signIn(unnamed)
    await expect(unnamed.auth.refreshSession()).rejects.toMatchObject({
      serverCode: 'subject_changed',
    })
  })
})
