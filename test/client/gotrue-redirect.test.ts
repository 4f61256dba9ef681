import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { find } from '../../src/providers/gotrue/found.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { type GoTrueOptions, gotrue } from '../../src/providers/gotrue/index.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'

const APP = 'https://app.example/back'
const CODE = '68943c48-2329-4d04-9122-1538a0fa69d5'

/** A token answer for somebody. */
const sessionOf = (id: string) => ({
  access_token: jwt({ sub: id, iat: 100, exp: 3700 }),
  refresh_token: `refresh-${id}`,
  expires_in: 3600,
  user: { id, email: `${id}@example.com` },
})

/** A page with a client, whose server answers by path, and what was sent to it. */
function start(options: Partial<GoTrueOptions> = {}) {
  const browser = createFakeBrowser()
  const tab = browser.tab({ href: APP })
  const sent: { path: string; body: Record<string, unknown> }[] = []
  const answers: Response[] = []
  const auth = new AuthClient({
    provider: gotrue({
      url: 'https://auth.example',
      now: () => 200_000,
      async fetch(input, init) {
        const path = String(input).slice('https://auth.example'.length)
        sent.push({ path, body: JSON.parse(String(init?.body ?? '{}')) })
        const token = Object(init?.headers).Authorization?.split('.')[1]
        const sub = token && JSON.parse(Buffer.from(token, 'base64url').toString()).sub
        return (
          answers.shift() ??
          Response.json(path.startsWith('/user') ? { id: sub } : sessionOf('ada'))
        )
      },
      ...options,
    }),
    storage: tab.storage,
    environment: tab.environment,
  })
  const events: string[] = []
  auth.onAuthStateChange((event, session) => events.push(`${event} ${session?.user?.id ?? '-'}`))
  const at = (rest: string) => {
    tab.navigate(`${APP}${rest}`)
    return auth.actions.handleRedirect()
  }
  const here = () => (tab.environment.page.href() ?? '').slice(APP.length)
  return { auth, tab, sent, answers, events, at, here }
}

type Auth = ReturnType<typeof start>['auth']

const fragmentOf = (id: string): string => {
  const { access_token, refresh_token } = sessionOf(id)
  const fields = { access_token, refresh_token, expires_in: '3600', token_type: 'bearer' }
  return `#${new URLSearchParams({ ...fields, type: 'recovery' })}&sb=`
}

describe('an answer of another integration’s', () => {
  it.each([
    ['?code=abc&state=xyz', 'code'],
    [`?code=${CODE}&state=xyz`, 'code'],
    ['?code=4/0AbC', 'code'],
    ['?error=access_denied&error_description=No&state=x', 'error'],
    ['?error=access_denied', 'error'],
    ['?error_code=200&error=access_denied&error_reason=user_denied&state=x', 'error'],
    ['#error=access_denied&state=x', 'error'],
    ['#error=access_denied&error_description=No', 'error'],
    ['?error=access_denied&error_code=403&error_description=No', 'error'],
    ['#error=access_denied&error_code=200&error_description=Permissions+error', 'error'],
    ['#error=access_denied&error_code=403&error_description=No&state=x', 'error'],
    ['#error=access_denied&error_code=403', 'error'],
    ['?error=access_denied&error_description=No#error=access_denied', 'error'],
    [
      '?error=access_denied&error_description=No#error=access_denied&error_description=Nein',
      'error',
    ],
    [
      '?error=access_denied&error_description=No&state=x#error=access_denied&error_description=No',
      'error',
    ],
    ['#access_token=abc&token_type=bearer&state=x', 'tokens'],
  ])('is left alone in the address, and the result says so: %s', async (rest, ignored) => {
    const { at, here, sent } = start({ acceptFragmentTokens: ignored !== 'tokens' || undefined })
    expect(await at(rest)).toEqual({ session: null, user: null, ignored })
    expect(here()).toBe(rest)
    expect(sent).toEqual([])
  })

  it('that is an error is not taken for the answer to a sign-in that is under way', async () => {
    const { auth, at, here } = start()
    await auth.actions.authorizeUrl({ provider: 'github' })
    const rest = '?error=access_denied&error_description=No+calendar'
    expect(await at(rest)).toMatchObject({ ignored: 'error' })
    expect(here()).toBe(rest)
  })

  it('is told from ours where a sign-in is under way: the server knows neither', async () => {
    const { auth, at, here, answers } = start()
    await auth.actions.authorizeUrl({ provider: 'github' })
    answers.push(Response.json({ code: 'flow_state_not_found', message: 'x' }, { status: 404 }))
    expect(await at('?code=foreign&x=1')).toMatchObject({ ignored: 'code' })
    expect(here()).toBe('?code=foreign&x=1')
    expect(await at(`?code=${CODE}&x=1`)).toMatchObject({ user: { id: 'ada' } })
    expect(here()).toBe('?x=1')
  })

  it('is nothing where there is nothing', async () => {
    const { at } = start()
    for (const rest of ['', '?state=x', '?message=hello', '#message=hello', '#sb=', '?type=a']) {
      expect(await at(rest)).toBeNull()
    }
  })
})

describe('a `state` that the app’s own address has', () => {
  const redirectTo = `${APP}?state=cart-7&x=1`

  it.each([
    ['another provider', (auth) => auth.actions.authorizeUrl({ provider: 'github', redirectTo })],
    ['a mail', (auth) => auth.actions.sendOtp({ email: 'ada@example.com', redirectTo })],
    ['a mail for a new password', recovery],
    ['single sign-on', (auth) => sso(auth).signInUrl({ domain: 'corp.example' }, { redirectTo })],
  ] satisfies [string, (auth: Auth) => Promise<unknown>][])(
    'is no other integration’s, where the way back from %s has it',
    async (_, begin) => {
      const { auth, at, here, answers } = start()
      answers.push(Response.json({ url: 'https://idp.example/' }))
      await begin(auth)
      answers.length = 0
      expect(await at(`?state=cart-7&x=1&code=${CODE}`)).toMatchObject({ user: { id: 'ada' } })
      expect(here()).toBe('?state=cart-7&x=1')
    },
  )

  async function recovery(auth: Auth): Promise<void> {
    await auth.actions.sendPasswordRecovery({ email: 'ada@example.com', redirectTo })
  }

  it('leaves a recovery one', async () => {
    const { auth, at, events } = start()
    await recovery(auth)
    await at(`?state=cart-7&x=1&code=${CODE}`)
    expect(events).toContain('PASSWORD_RECOVERY ada')
  })

  it('comes back with a link of an account', async () => {
    const { auth, at, answers, here } = start()
    await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
    answers.push(Response.json({ url: 'https://id.example/' }))
    await identities(auth).linkUrl({ provider: 'github', redirectTo })
    expect(await at(`?state=cart-7&x=1&code=${CODE}`)).toMatchObject({ user: { id: 'ada' } })
    expect(here()).toBe('?state=cart-7&x=1')
  })

  it('comes back with a refusal, also where a server has no other mark for those', async () => {
    const { auth, at, here } = start()
    await auth.actions.authorizeUrl({ provider: 'github', redirectTo })
    const said = 'error=server_error&error_code=otp_expired&error_description=No'
    await expect(at(`?state=cart-7&x=1&${said}#${said}`)).rejects.toMatchObject({
      serverCode: 'otp_expired',
    })
    expect(here()).toBe('?state=cart-7&x=1')
  })

  it('marks another’s code as before, where it is another one, or nothing was begun', async () => {
    const { auth, at, here, sent } = start()
    const rest = `?state=cart-7&x=1&code=${CODE}`
    expect(await at(rest)).toMatchObject({ ignored: 'code' })
    await auth.actions.authorizeUrl({ provider: 'github', redirectTo: `${APP}?state=cart-8` })
    expect(await at(rest)).toMatchObject({ ignored: 'code' })
    expect([here(), sent]).toEqual([rest, []])
  })
})

describe('GoTrue’s own errors', () => {
  it.each([
    [
      'a mail link that ran out',
      '?keep=1#error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid&sb=',
      'otp_expired',
      '?keep=1',
    ],
    [
      'the same, said twice',
      '?error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid&keep=1#error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid&sb=',
      'otp_expired',
      '?keep=1',
    ],
    [
      'a person who said no',
      '?error=access_denied&error_description=The+person+said+no#error=access_denied&error_description=The+person+said+no&sb=',
      'access_denied',
      '',
    ],
    [
      'a mail link that ran out, by a server before v2.164.0',
      '?keep=1#error=access_denied&error_code=403&error_description=Email+link+is+invalid',
      'access_denied',
      '?keep=1',
    ],
    [
      'the same, by one of 2022',
      '#error=unauthorized_client&error_code=401&error_description=Email+link+is+invalid',
      'unauthorized_client',
      '',
    ],
    [
      'the same, said twice',
      '?error=access_denied&error_code=403&error_description=Email+link&x=1#error=access_denied&error_code=403&error_description=Email+link',
      'access_denied',
      '?x=1',
    ],
    [
      'a person who said no, by a server before December 2025',
      '?error=access_denied&error_description=The+person+said+no#error=access_denied&error_description=The+person+said+no',
      'access_denied',
      '',
    ],
    [
      'a state that got lost',
      '?error=invalid_request&error_code=bad_oauth_state&error_description=OAuth+state',
      'bad_oauth_state',
      '',
    ],
  ])('are told and cleaned: %s', async (_name, rest, serverCode, left) => {
    const { at, here } = start()
    await expect(at(rest)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      serverCode,
      message: expect.stringMatching(/^The address says: “\w/),
    })
    expect(here()).toBe(left)
  })

  it('say that a PKCE link was opened in another browser', async () => {
    const { at, here, sent } = start()
    await expect(at(`?code=${CODE}&x=1`)).rejects.toMatchObject({
      code: 'invalid_credentials',
      message: expect.stringContaining('open the link where it was asked for'),
    })
    expect(here()).toBe('?x=1')
    expect(sent).toEqual([])
  })

  it('are in words that anybody can write: one line, marked, and no longer than theirs', async () => {
    const { at } = start()
    const letter = (words: string) => `?error_code=otp_expired&error_description=${words}`
    const error = await at(letter(`Call+555${'9'.repeat(400)}%0ANow`)).catch((e) => e)
    expect(error.message).toBe(`The address says: “Call 555${'9'.repeat(192)}”`)
    for (const words of ['%E2%80%AE555', '%3Cb%3ECall', '%0ACall', '9'.repeat(501), '']) {
      const { message } = await at(letter(words)).catch((e) => e)
      expect(message).toBe('The sign-in was refused.')
    }
    const odd = await at('#error_code=a&error=%3Cb%3E%20c&sb=').catch((e) => e)
    expect(odd.serverCode).toBe('a')
  })
})

describe('a server that has failed', () => {
  it.each([
    '?error=server_error&error_description=db-7.internal#error=server_error&error_description=db-7.internal&sb=',
    '#error=server_error&error_code=unexpected_failure&error_description=db-7.internal',
    '#error=server_error&error_code=500&error_description=db-7.internal',
    '?error=server_error&error_code=request_timeout&error_description=db-7.internal',
  ])('is told without its words, which may name its database: %s', async (rest) => {
    const { at, here } = start()
    await expect(at(rest)).rejects.toMatchObject({
      code: 'server_error',
      message: 'The server cannot answer now.',
    })
    expect(here()).toBe('')
  })

  it('is another than one that refuses with error=server_error, as GoTrue does of most', async () => {
    const { at } = start()
    const said = 'error=server_error&error_code=identity_already_exists&error_description=Linked'
    await expect(at(`?${said}#${said}&sb=`)).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'identity_already_exists',
      message: 'The address says: “Linked”',
    })
  })
})

describe('the first of two links to a new address', () => {
  const text = 'Confirmation+link+accepted.+Please+proceed'

  it.each([
    [`#message=${text}&sb=`],
    [`?message=${text}#message=${text}&sb=`],
    // Before December 2025.
    [`#message=${text}`],
    [`?message=${text}#message=${text}`],
  ])('is told and cleaned: %s', async (rest) => {
    const { at, here } = start()
    expect(await at(rest)).toEqual({
      session: null,
      user: null,
      message: 'The address says: “Confirmation link accepted. Please proceed”',
    })
    expect(here()).toBe('')
  })
})

describe('tokens in a fragment', () => {
  it('are taken only where the app accepts them', async () => {
    const closed = start()
    expect(await closed.at(fragmentOf('ada'))).toMatchObject({ session: null, ignored: 'tokens' })
    expect(await closed.auth.getSession()).toBeNull()
    expect(closed.sent).toEqual([])
    const open = start({ acceptFragmentTokens: true })
    expect(await open.at(fragmentOf('ada'))).toMatchObject({ user: { id: 'ada' } })
    expect(open.here()).toBe('')
    expect(open.events).toContain('PASSWORD_RECOVERY ada')
  })

  it('of somebody else never replace the session, which stays', async () => {
    const { auth, at, here, events } = start({ acceptFragmentTokens: true })
    await auth.signIn({ email: 'ada@example.com', password: 'x' })
    await expect(at(`?x=1${fragmentOf('mallory')}`)).rejects.toMatchObject({
      code: 'invalid_argument',
      retryable: false,
    })
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(here()).toBe('?x=1')
    expect(events.join()).not.toContain('mallory')
  })

  it('of the same person are taken', async () => {
    const { auth, at } = start({ acceptFragmentTokens: true })
    await auth.signIn({ email: 'ada@example.com', password: 'x' })
    expect(await at(fragmentOf('ada'))).toMatchObject({ user: { id: 'ada' } })
  })

  it('are left for later by a server that is down', async () => {
    const { at, here, answers } = start({ acceptFragmentTokens: true })
    answers.push(Response.json({}, { status: 503 }))
    await expect(at(fragmentOf('ada'))).rejects.toMatchObject({ code: 'server_error' })
    expect(here()).toBe(fragmentOf('ada'))
  })
})

describe('an address that is passed', () => {
  it('is not the page’s, which stays as it is', async () => {
    const { auth, tab, here } = start()
    await auth.actions.authorizeUrl({ provider: 'github' })
    tab.navigate(`${APP}?code=foreign&state=x`)
    const result = await auth.actions.handleRedirect({ url: `myapp://back?code=${CODE}` })
    expect(result?.user?.id).toBe('ada')
    const refused = auth.actions.handleRedirect({ url: 'myapp://back#error_code=otp_expired&sb=' })
    await expect(refused).rejects.toMatchObject({ serverCode: 'otp_expired' })
    expect(here()).toBe('?code=foreign&state=x')
  })
})

describe('an app whose router goes on before the answer is there', () => {
  it.each([
    ['a code', `?code=${CODE}`, true],
    ['a code that is refused', `?code=${CODE}`, false],
    ['tokens', fragmentOf('ada'), true],
  ])('stays where it is: %s', async (_, rest, good) => {
    const { auth, tab, answers, here } = start({ acceptFragmentTokens: true })
    await auth.actions.authorizeUrl({ provider: 'github' })
    if (!good) answers.push(Response.json({ code: 'flow_state_not_found' }, { status: 404 }))
    tab.navigate(`${APP}${rest}`)
    const done = auth.actions.handleRedirect().catch(() => null)
    tab.navigate(`${APP}/home?code=mine#top`)
    expect(Boolean((await done)?.session)).toBe(good)
    expect(here()).toBe('/home?code=mine#top')
  })
})

describe('the flow of a link', () => {
  const email = 'ada@example.com'
  const redirectTo = APP

  it('is `pkce` for every mail, and can be had without', async () => {
    const { auth, sent } = start({ acceptFragmentTokens: true })
    const { actions } = auth
    await auth.signIn({ email, password: 'x' })
    sent.length = 0
    await actions.sendOtp({ email, redirectTo })
    await actions.sendOtp({ email })
    await actions.sendOtp({ email, flow: 'pkce' })
    await actions.sendOtp({ email, redirectTo, flow: 'implicit' })
    await actions.sendPasswordRecovery({ email })
    await actions.sendPasswordRecovery({ email, redirectTo, flow: 'implicit' })
    await actions.updateUser({ email, redirectTo })
    await actions.updateUser({ email, redirectTo, flow: 'implicit' })
    await actions.updateUser({ email })
    await actions.updateUser({ data: { a: 1 }, redirectTo })
    await actions.signUp({ email, password: 'x', redirectTo })
    await actions.signUp({ email, password: 'x', redirectTo, flow: 'implicit' })
    await actions.signUp({ email, password: 'x' })
    await actions.resend({ type: 'signup', email })
    // What goes to a phone has no link.
    await actions.sendOtp({ phone: '+1555', redirectTo })
    await actions.signUp({ phone: '+1555', password: 'x' })
    expect(sent.map(({ path, body }) => [path.split('?')[0], 'code_challenge' in body])).toEqual([
      ['/otp', true],
      ['/otp', true],
      ['/otp', true],
      ['/otp', false],
      ['/recover', true],
      ['/recover', false],
      ['/user', true],
      ['/user', false],
      ['/user', true],
      ['/user', false],
      ['/signup', true],
      ['/signup', false],
      ['/signup', true],
      ['/resend', true],
      ['/otp', false],
      ['/signup', false],
    ])
    expect(sent.every(({ body }) => !('flow' in body) && !('redirectTo' in body))).toBe(true)
  })

  it('may be `implicit` only where the app takes what it brings', async () => {
    const { auth, sent } = start()
    const wrong = { code: 'invalid_argument' }
    await expect(
      auth.actions.sendPasswordRecovery({ email, flow: 'implicit' }),
    ).rejects.toMatchObject({ ...wrong, message: expect.stringContaining('acceptFragmentTokens') })
    const odd = Object({ email, flow: 'magic' })
    await expect(auth.actions.sendOtp(odd)).rejects.toMatchObject(wrong)
    expect(sent).toEqual([])
  })
})

describe('what the server wants besides', () => {
  it('is sent under its own names', async () => {
    const { auth, sent } = start()
    await auth.signIn({ idToken: 'i', provider: 'google', captchaToken: 'c' })
    await auth.actions.updateUser({ password: 'new', currentPassword: 'old', nonce: '123456' })
    await auth.actions.sendOtp({ phone: '+1', channel: 'whatsapp', captchaToken: 'c' })
    const captcha = { gotrue_meta_security: { captcha_token: 'c' } }
    expect(sent.map(({ body }) => body)).toEqual([
      { id_token: 'i', provider: 'google', ...captcha },
      { password: 'new', current_password: 'old', nonce: '123456' },
      { phone: '+1', channel: 'whatsapp', create_user: true, ...captcha },
    ])
  })
})

describe('any address', () => {
  it('is read without an error, and never as tokens where they are not accepted', () => {
    const name = fc.constantFrom('code', 'error', 'error_code', 'state', 'sb', 'access_token', 'x')
    const value = fc.oneof(fc.constantFrom(CODE, '', 'abc', '%zz', '%E2%80%AE'), fc.string())
    const part = fc
      .array(fc.tuple(name, value))
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
    fc.assert(
      fc.property(part, part, fc.boolean(), fc.array(value), (query, fragment, begun, states) => {
        const href = `${APP}?${query}#${fragment}`
        const found = find(href, { begun, states, acceptFragmentTokens: false })
        expect(found?.kind).not.toBe('tokens')
        if (found?.kind === 'code') expect(begun || found.certain).toBe(true)
        if (found?.kind === 'error') expect(found.error.message.length).toBeLessThan(230)
      }),
    )
  })
})

describe('two calls for one address', () => {
  it('share one exchange, and who gives up does not give up for the other: React mounts twice', async () => {
    const { auth, tab, sent } = start()
    await auth.actions.authorizeUrl({ provider: 'github' })
    tab.navigate(`${APP}?code=${CODE}`)
    const unmounted = new AbortController()
    const first = auth.actions.handleRedirect({}, { signal: unmounted.signal })
    unmounted.abort()
    const second = auth.actions.handleRedirect({}, { signal: new AbortController().signal })
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    expect(await second).toMatchObject({ user: { id: 'ada' } })
    expect(sent).toHaveLength(1)
  })
})
