import { describe, expect, it } from 'vitest'
import { createJar } from '../backend/backend-world.js'
import { ADA, APP, BOB, CALLBACK, createGotrueServerWorld, MINUTE } from './gotrue-server-world.js'

const HOUR = 60 * MINUTE
const EMAIL = { email: ADA.email }

/** A world in which links and codes are sent, and what the last message holds. */
function mailing(options: Parameters<typeof createGotrueServerWorld>[0] = {}) {
  const world = createGotrueServerWorld(options)
  const last = () => {
    const message = world.scripted.messages.at(-1)
    if (!message) throw new Error('No message was sent.')
    return message
  }
  /** Opens the link of the last message, as far as it leads back to the app. */
  async function open(browser?: ReturnType<typeof createJar>): Promise<Response> {
    const page = await world.scripted.fetch(last().link)
    return world.follow(page.headers.get('location') ?? 'about:blank', {}, browser)
  }
  /** The link of a template that shows the hash, as GoTrue fills it in. */
  const confirmLink = (next?: string): string => {
    const { tokenHash, type } = last()
    const kind = type === 'magiclink' ? 'email' : type
    const query = new URLSearchParams({ token_hash: tokenHash, type: kind })
    if (next !== undefined) query.set('next', next)
    return `${APP}/auth/confirm?${query}`
  }
  /** What the template calls `RedirectTo`. */
  const redirectTo = () => new URL(last().link).searchParams.get('redirect_to') ?? ''
  return { ...world, last, open, confirmLink, redirectTo }
}

describe('credentials', () => {
  it('of a password sign somebody in, and the page learns who it is', async () => {
    const { call, whoIs } = createGotrueServerWorld()
    const answer = await call('/auth/credentials', ADA)
    expect(answer.status).toBe(200)
    const { session } = await answer.json()
    expect(session).toMatchObject({ user: { email: ADA.email }, handle: expect.any(String) })
    expect(session.accessToken).toBeUndefined()
    expect(await whoIs()).toBe(ADA.email)
  })

  it('of a one-time code sign somebody in: by mail, and by text', async () => {
    const { call, whoIs, last } = mailing({
      scripted: { users: [ADA, { phone: '4915112345678' }] },
    })
    await call('/auth/otp', EMAIL)
    await call('/auth/credentials', { ...EMAIL, code: last().code })
    expect(await whoIs()).toBe(ADA.email)
    const phone = '4915112345678'
    await call('/auth/otp', { phone, channel: 'sms' })
    const { session } = await (await call('/auth/credentials', { phone, code: last().code })).json()
    expect(session.user.phone).toBe(phone)
  })

  it.each([
    ['a wrong password', { ...EMAIL, password: 'wrong' }, 400, 'invalid_credentials'],
    ['a wrong code', { ...EMAIL, code: '000000' }, 400, 'rejected|invalid_credentials'],
    ['nothing', {}, 400, 'invalid_argument'],
    ['an address alone', EMAIL, 400, 'invalid_argument'],
    ['two addresses', { ...ADA, phone: '49151' }, 400, 'invalid_argument'],
    ['no text', { ...EMAIL, password: { $ne: '' } }, 400, 'invalid_argument'],
    ['an endless text', { ...EMAIL, password: 'x'.repeat(5_000) }, 400, 'invalid_argument'],
    ['the code of a redirect', { authCode: 'a', codeVerifier: 'b' }, 400, 'invalid_argument'],
    ['no object', [ADA], 400, 'invalid_request'],
    [
      'a kind of message that there is not',
      { tokenHash: 'abcdefgh', type: 'x' },
      400,
      'invalid_argument',
    ],
    ['a hash that is none', { tokenHash: '../user?x=1', type: 'email' }, 400, 'invalid_argument'],
  ])('that are %s sign nobody in', async (_, given, status, code) => {
    const { call, jar } = createGotrueServerWorld()
    const answer = await call('/auth/credentials', given)
    expect(answer.status).toBe(status)
    expect((await answer.json()).code).toMatch(new RegExp(`^(${code})$`))
    expect(jar.cookies.size).toBe(0)
  })

  it('are taken from pages of the app only (login CSRF)', async () => {
    const { send, scripted } = createGotrueServerWorld()
    const body = JSON.stringify(ADA)
    const foreign = {
      'X-Holdfast': '1',
      'Sec-Fetch-Site': 'cross-site',
      Origin: 'https://evil.example',
    }
    for (const headers of [foreign, { 'Content-Type': 'text/plain' }]) {
      const answer = await send('/auth/credentials', { method: 'POST', headers, body })
      expect(answer.status).toBe(403)
    }
    expect(scripted.requests).toEqual([])
  })

  it.each([
    ['as GoTrue says it', undefined, null],
    ['with the time to wait that a gateway adds', 30, '30'],
  ])('that were tried too often are 429, %s', async (_, retryAfter, header) => {
    const { call, scripted } = createGotrueServerWorld()
    scripted.fail({ type: 'rate-limited', ...(retryAfter && { retryAfter }) })
    const answer = await call('/auth/credentials', ADA)
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, header])
    expect(await answer.json()).toMatchObject({ code: 'rate_limited' })
  })
})

describe('a registration', () => {
  const NEW = { email: 'new@example.com', password: 'secret-3' }

  it('signs in at once where no address has to be confirmed', async () => {
    const { call, whoIs } = createGotrueServerWorld()
    await call('/auth/register', { ...NEW, data: { name: 'New' } })
    expect(await whoIs()).toBe(NEW.email)
  })

  it('waits for the link of its mail, which signs in in this browser', async () => {
    const { call, open, whoIs } = mailing({ scripted: { autoconfirm: false } })
    const answer = await call('/auth/register', { ...NEW, returnTo: '/welcome' })
    expect(await answer.json()).toEqual({ session: null })
    const back = await open()
    expect([back.status, back.headers.get('location')]).toEqual([303, `${APP}/welcome`])
    expect(await whoIs()).toBe(NEW.email)
  })

  it('gets its mail again', async () => {
    const { call, open, whoIs, scripted } = mailing({ scripted: { autoconfirm: false } })
    await call('/auth/register', NEW)
    expect((await call('/auth/resend', { type: 'signup', email: NEW.email })).status).toBe(200)
    expect(scripted.messages).toHaveLength(2)
    await open()
    expect(await whoIs()).toBe(NEW.email)
  })

  it('with a weak password says so', async () => {
    const { call } = createGotrueServerWorld()
    const answer = await call('/auth/register', { ...NEW, password: 'a' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ serverCode: 'weak_password' })
  })
})

describe('the link of a mail', () => {
  it('signs in in the browser that asked for it, for a day, and once', async () => {
    const { call, open, whoIs, clock } = mailing()
    await call('/auth/otp', { ...EMAIL, returnTo: '/inbox' })
    await clock.advance(HOUR)
    const back = await open()
    expect(back.headers.get('location')).toBe(`${APP}/inbox`)
    expect(await whoIs()).toBe(ADA.email)
  })

  it('signs nobody in in another browser, which is told so: its code is sent nowhere', async () => {
    const gotrue = { provider: 'github' }
    const { call, open, whoIs, now, scripted } = mailing({ gotrue })
    await call('/auth/otp', EMAIL)
    const other = createJar(now)
    const answer = await open(other)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_credentials'])
    expect(await whoIs(other)).toBeNull()
    expect(scripted.count('pkce')).toBe(0)
  })

  it('for a new password leads to the page that was asked for', async () => {
    const { call, open, whoIs } = mailing()
    await call('/auth/recover', { ...EMAIL, returnTo: '/new-password' })
    expect((await open()).headers.get('location')).toBe(`${APP}/new-password`)
    expect(await whoIs()).toBe(ADA.email)
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'leads to no other site: %s',
    async (returnTo) => {
      const { call, open } = mailing()
      await call('/auth/otp', { ...EMAIL, returnTo })
      expect((await open()).headers.get('location')).toBe(`${APP}/`)
    },
  )

  it('is not sent too often', async () => {
    const { call } = mailing({ scripted: { mailInterval: MINUTE } })
    await call('/auth/otp', EMAIL)
    const answer = await call('/auth/otp', EMAIL)
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '59'])
  })
})

describe('a link that shows the hash of its token', () => {
  it('is spent at once in the browser that asked for it', async () => {
    const { call, follow, confirmLink, redirectTo, whoIs } = mailing()
    await call('/auth/otp', { ...EMAIL, returnTo: '/inbox' })
    const answer = await follow(confirmLink(redirectTo()))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${APP}/inbox`])
    expect(await whoIs()).toBe(ADA.email)
  })

  it('asks a person first anywhere else, and spends nothing before they agree', async () => {
    const { call, follow, send, confirmLink, redirectTo, whoIs, now, last } = mailing()
    await call('/auth/otp', { ...EMAIL, returnTo: '/inbox' })
    const other = createJar(now)
    const link = confirmLink(redirectTo())
    const page = await follow(link, {}, other)
    expect([page.status, page.headers.get('Content-Type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ])
    expect(page.headers.get('Content-Security-Policy')).toContain(`form-action 'self' ${APP};`)
    const html = await page.text()
    expect(html).toContain('<form method="post">')
    expect(html).not.toContain(last().tokenHash)
    expect(await whoIs(other)).toBeNull()
    const { pathname, search } = new URL(link)
    const agreed = await send(`${pathname}${search}`, { method: 'POST' }, other)
    expect([agreed.status, agreed.headers.get('location')]).toEqual([303, `${APP}/`])
    expect(await whoIs(other)).toBe(ADA.email)
  })

  it('asks a person first where it names this browser’s sign-in at another host', async () => {
    const { call, follow, confirmLink, redirectTo, whoIs } = mailing()
    await call('/auth/otp', EMAIL)
    const page = await follow(confirmLink(redirectTo().replace(APP, 'https://evil.example')))
    expect([page.status, await whoIs()]).toEqual([200, null])
  })

  it('asks a person first where this browser began at another host of the app', async () => {
    const preview = 'https://preview.example'
    const redirectUris = [CALLBACK, `${preview}/auth/callback`]
    const { call, follow, confirmLink, redirectTo, whoIs } = mailing({
      backend: { redirectUris },
      scripted: { redirectUrls: [`${preview}/**`] },
    })
    await call(`${preview}/auth/otp`, EMAIL)
    const there = redirectTo()
    expect(there).toContain(preview)
    const page = await follow(confirmLink(there.replace(preview, APP)))
    expect([page.status, await whoIs()]).toEqual([200, null])
  })

  it('is not agreed to by the page of another site', async () => {
    const { call, send, confirmLink, whoIs, now, scripted } = mailing()
    await call('/auth/otp', EMAIL)
    const { pathname, search } = new URL(confirmLink())
    const other = createJar(now)
    const before = scripted.requests.length
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    await send(`${pathname}${search}`, { method: 'POST', headers }, other)
    expect(await whoIs(other)).toBeNull()
    expect(scripted.requests).toHaveLength(before)
  })

  it('is not agreed to by a page of the app that leads there, such as a mail in it', async () => {
    const { call, send, confirmLink, whoIs, now } = mailing()
    await call('/auth/otp', EMAIL)
    const { pathname, search } = new URL(confirmLink())
    const other = createJar(now)
    const page = await send(`${pathname}${search}`, {}, other)
    expect([page.status, await whoIs(other)]).toEqual([200, null])
  })

  it('asks on the app’s own page, where there is one', async () => {
    const { call, follow, confirmLink, now } = mailing({ gotrue: { confirmPage: '/continue' } })
    await call('/auth/otp', EMAIL)
    const link = confirmLink()
    const answer = await follow(link, {}, createJar(now))
    expect(answer.headers.get('location')).toBe(`${APP}/continue${new URL(link).search}`)
  })

  it.each([
    [`${APP}/inbox?a=1`, '/inbox?a=1'],
    ['/inbox', '/inbox'],
    [`${CALLBACK}?state=x`, '/'],
    ['https://evil.example/inbox', '/'],
    [`${APP}.evil.example/`, '/'],
    [`${APP}//evil.example`, '/'],
    ['/%2F%2Fevil.example', '/'],
    ['/%09/evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('leads to a page of the app: %s', async (next, page) => {
    const { call, send, confirmLink } = mailing()
    await call('/auth/otp', EMAIL)
    const { pathname, search } = new URL(confirmLink(next))
    const answer = await send(`${pathname}${search}`, { method: 'POST' })
    expect(answer.headers.get('location')).toBe(`${APP}${page}`)
  })

  it.each([
    ['no hash', { token_hash: null }],
    ['a hash of another shape', { token_hash: 'a b<script>' }],
    ['a path for a hash', { token_hash: '../../admin/users' }],
    ['megabytes', { token_hash: 'a'.repeat(100_000) }],
    ['no type', { type: null }],
    ['a type that there is not', { type: 'email&x=1' }],
    ['a name that objects have', { type: 'constructor' }],
  ])('is asked of nobody with %s', async (_, fields) => {
    const { call, follow, confirmLink, redirectTo, scripted } = mailing()
    await call('/auth/otp', EMAIL)
    const before = scripted.requests.length
    const answer = await follow(confirmLink(redirectTo()), fields)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_argument' })
    expect(scripted.requests).toHaveLength(before)
  })

  it('that was spent says so, and is not spent by a prefetch', async () => {
    const { call, follow, send, confirmLink, redirectTo, whoIs } = mailing()
    await call('/auth/otp', EMAIL)
    const { pathname, search } = new URL(confirmLink(redirectTo()))
    const early = await send(`${pathname}${search}`, { headers: { 'Sec-Purpose': 'prefetch' } })
    expect(early.status).toBe(503)
    expect(await whoIs()).toBeNull()
    const link = confirmLink(redirectTo())
    const other = mailing().jar
    expect((await follow(link)).status).toBe(303)
    const again = await send(`${pathname}${search}`, { method: 'POST' }, other)
    expect(await again.json()).toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'otp_expired',
    })
  })
})

describe('somebody who changes what GoTrue knows of them', () => {
  const NEW_PASSWORD = { password: 'another-secret-2' }

  it('sets a new password after the link of a recovery, and signs in with it', async () => {
    const { call, open, now, whoIs } = mailing()
    await call('/auth/recover', { ...EMAIL, returnTo: '/new-password' })
    await open()
    expect((await call('/auth/user', NEW_PASSWORD)).status).toBe(200)
    const other = createJar(now)
    expect((await call('/auth/credentials', ADA, other)).status).toBe(400)
    await call('/auth/credentials', { ...EMAIL, ...NEW_PASSWORD }, other)
    expect(await whoIs(other)).toBe(ADA.email)
    expect(await whoIs()).toBe(ADA.email)
  })

  it('sees the change at once, in the answer and in the cookie', async () => {
    const { call } = mailing()
    await call('/auth/credentials', ADA)
    const answer = await (await call('/auth/user', { data: { name: 'Ada' } })).json()
    const later = await (await call('/auth/session')).json()
    for (const { session } of [answer, later]) {
      expect(session.user.userMetadata).toMatchObject({ name: 'Ada' })
    }
  })

  it('has a new address when both of its links were opened', async () => {
    const { call, follow, scripted, whoIs } = mailing()
    await call('/auth/credentials', ADA)
    await call('/auth/user', { email: 'new@example.com', returnTo: '/settings' })
    const links = scripted.messages.map(({ link }) => link)
    expect(links).toHaveLength(2)
    for (const link of links) {
      const page = await scripted.fetch(link)
      const answer = await follow(page.headers.get('location') ?? '')
      expect(answer.headers.get('location')).toBe(`${APP}/settings`)
    }
    expect(await whoIs()).toBe('new@example.com')
  })

  it('changes nothing of somebody else who has signed in since', async () => {
    const { call, scripted } = mailing()
    await call('/auth/credentials', ADA)
    const { session } = await (await call('/auth/session')).json()
    await call('/auth/credentials', BOB)
    const before = scripted.requests.length
    const answer = await call('/auth/user', { ...NEW_PASSWORD, sessionId: session.sessionId })
    expect([answer.status, (await answer.json()).code]).toEqual([409, 'session_changed'])
    expect(scripted.requests).toHaveLength(before)
  })

  it.each([
    ['nobody is signed in', false, NEW_PASSWORD, 401, 'session_missing'],
    ['the password is weak', true, { password: 'a' }, 400, 'rejected'],
    ['it is no text', true, { password: ['a'] }, 400, 'invalid_argument'],
  ])('hears when %s', async (_, signedIn, changes, status, code) => {
    const { call } = mailing()
    if (signedIn) await call('/auth/credentials', ADA)
    const answer = await call('/auth/user', changes)
    expect([answer.status, (await answer.json()).code]).toEqual([status, code])
  })

  it('keeps the session that was refreshed for it, though the change was refused', async () => {
    const { call, clock, whoIs, scripted } = mailing({ scripted: { rotation: 'strict' } })
    await call('/auth/credentials', ADA)
    await clock.advance(HOUR)
    expect((await call('/auth/user', { password: 'a' })).status).toBe(400)
    expect(scripted.count('refresh_token')).toBe(1)
    await clock.advance(HOUR)
    expect(await whoIs()).toBe(ADA.email)
  })
})
