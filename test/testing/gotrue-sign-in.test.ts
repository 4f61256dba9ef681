import { describe, expect, it } from 'vitest'
import { createDesk, said } from './gotrue-desk.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
const EVE = { email: 'eve@example.com', password: 'long enough' }
const PASSWORD = '/token?grant_type=password'

describe('sign-in with a password', () => {
  it.each([
    ['an address', ADA],
    ['an address in capitals', { ...ADA, email: 'ADA@example.com' }],
    ['a phone number', { phone: '+49 11', password: 'correct horse' }],
  ])('works with %s', async (_, credentials) => {
    const { body } = await createDesk().post(PASSWORD, credentials)
    expect(body).toMatchObject({ token_type: 'bearer', user: { email: 'ada@example.com' } })
  })

  it.each([
    ['a wrong password', '400 invalid_credentials', { ...ADA, password: 'wrong' }],
    ['an unknown address', '400 invalid_credentials', EVE],
    ['no address', '400 validation_failed', { password: 'x' }],
    ['a number for a password', '400 bad_json', { ...ADA, password: 7 }],
  ])('refuses %s', async (_, says, credentials) => {
    expect(said(await createDesk().post(PASSWORD, credentials))).toBe(says)
  })

  it('refuses the banned, and lets them in again afterwards', async () => {
    const { server, post, signIn, userId } = createDesk()
    await signIn()
    server.ban(userId())
    expect(said(await post(PASSWORD, ADA))).toBe('400 user_banned')
    server.ban(userId(), false)
    expect(said(await post(PASSWORD, ADA))).toBe('200 ok')
  })
})

describe('sign-up', () => {
  it('opens a session at once with autoconfirm', async () => {
    const { post } = createDesk()
    const { status, body } = await post('/signup', { ...EVE, data: { name: 'Eve' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      access_token: expect.any(String),
      user: { user_metadata: { name: 'Eve' } },
    })
    expect(said(await post('/signup', EVE))).toBe('422 user_already_exists')
  })

  it('waits for the confirmation without autoconfirm', async () => {
    const { server, post } = createDesk({ autoconfirm: false })
    const { status, body } = await post('/signup', EVE)
    expect(status).toBe(200)
    expect(body).toMatchObject({ email: EVE.email, confirmation_sent_at: expect.any(String) })
    expect(body).not.toHaveProperty('email_confirmed_at')
    expect(body).not.toHaveProperty('access_token')
    expect(said(await post(PASSWORD, EVE))).toBe('400 email_not_confirmed')
    const [message] = server.messages
    const proof = { type: 'signup', email: EVE.email, token: message?.code }
    expect(said(await post('/verify', proof))).toBe('200 ok')
    expect(said(await post(PASSWORD, EVE))).toBe('200 ok')
  })

  it('does not tell a stranger that an address is taken', async () => {
    const { server, post } = createDesk({ autoconfirm: false })
    const { status, body } = await post('/signup', { ...EVE, email: ADA.email })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: expect.any(String), email: ADA.email })
    expect(server.messages).toEqual([])
  })

  it('without an address makes an anonymous person, where that is allowed', async () => {
    const { body } = await createDesk().post('/signup', {})
    expect(body).toMatchObject({ user: { is_anonymous: true } })
    const closed = createDesk({ anonymous: false })
    expect(said(await closed.post('/signup', {}))).toBe('422 anonymous_provider_disabled')
  })

  it.each([
    ['a weak password', '422 weak_password', { ...EVE, password: '12345' }],
    ['no password', '400 validation_failed', { email: EVE.email }],
    ['no address at all', '400 validation_failed', { ...EVE, email: 'eve' }],
    ['letters for a phone number', '400 validation_failed', { phone: 'eve', password: '123456' }],
    ['both ways at once', '400 validation_failed', { ...EVE, phone: '4922' }],
  ])('refuses %s', async (_, says, credentials) => {
    expect(said(await createDesk().post('/signup', credentials))).toBe(says)
  })
})

describe('one-time codes', () => {
  it.each([
    ['mail', { email: ADA.email }, 'email'],
    ['text', { phone: '4911' }, 'sms'],
  ])('by %s sign in once', async (_, address, type) => {
    const { server, post } = createDesk()
    expect(said(await post('/otp', address))).toBe('200 ok')
    const proof = { ...address, type, token: server.messages[0]?.code }
    expect(said(await post('/verify', { ...proof, token: 'wrong' }))).toBe('403 otp_expired')
    expect(said(await post('/verify', proof))).toBe('200 ok')
    expect(said(await post('/verify', proof))).toBe('403 otp_expired')
  })

  it('by hash need no address', async () => {
    const { server, post } = createDesk()
    await post('/recover', { email: ADA.email })
    const proof = { type: 'recovery', token_hash: server.messages[0]?.tokenHash }
    expect(said(await post('/verify', { ...proof, email: ADA.email }))).toBe(
      '400 validation_failed',
    )
    expect(said(await post('/verify', { ...proof, type: 'signup' }))).toBe('403 otp_expired')
    expect(said(await post('/verify', proof))).toBe('200 ok')
  })

  it('expire after an hour by mail and after a minute by text', async () => {
    const { server, post, clock } = createDesk()
    await post('/otp', { phone: '4911' })
    await post('/otp', { email: ADA.email })
    await clock.advance(60_001)
    const [text, mail] = server.messages
    const byText = { phone: '4911', type: 'sms', token: text?.code }
    expect(said(await post('/verify', byText))).toBe('403 otp_expired')
    const byMail = { email: ADA.email, type: 'email', token: mail?.code }
    await clock.advance(3_540_000)
    expect(said(await post('/verify', byMail))).toBe('403 otp_expired')
  })

  it('create people unless they are told not to', async () => {
    const { server, post } = createDesk()
    const refused = await post('/otp', { email: EVE.email, create_user: false })
    expect(said(refused)).toBe('422 otp_disabled')
    await post('/otp', { email: EVE.email })
    expect(server.messages).toMatchObject([{ to: EVE.email, type: 'magiclink' }])
  })

  it('say nothing about who exists when a password is to be recovered', async () => {
    const { server, post } = createDesk()
    expect(await post('/recover', { email: EVE.email })).toMatchObject({ status: 200, body: {} })
    expect(server.messages).toEqual([])
  })

  it('can be sent again to those who have not confirmed', async () => {
    const { server, post } = createDesk({ autoconfirm: false })
    await post('/signup', EVE)
    await post('/resend', { type: 'signup', email: EVE.email })
    await post('/resend', { type: 'signup', email: ADA.email })
    expect(server.messages.map(({ to }) => to)).toEqual([EVE.email, EVE.email])
    expect(said(await post('/resend', { email: EVE.email }))).toBe('400 validation_failed')
  })

  it.each([
    ['a type', { email: ADA.email, token: '1' }],
    ['a token', { email: ADA.email, type: 'email' }],
    ['an address', { token: '1', type: 'email' }],
  ])('are refused without %s', async (_, proof) => {
    expect(said(await createDesk().post('/verify', proof))).toBe('400 validation_failed')
  })
})

const VERIFIER = 'v'.repeat(43)
const s256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString(
    'base64url',
  )

/** Follows a link; where it leads. */
async function follow(desk: ReturnType<typeof createDesk>, path: string): Promise<URL> {
  const { headers } = await desk.send(path)
  return new URL(headers.get('location') ?? 'about:blank')
}

const pkce = (desk: ReturnType<typeof createDesk>, code: string | null, verifier = VERIFIER) =>
  desk.post('/token?grant_type=pkce', { auth_code: code, code_verifier: verifier })

async function authorized(query: Readonly<Record<string, string>> = {}) {
  const desk = createDesk()
  const code_challenge = await s256(VERIFIER)
  const all = { provider: 'github', redirect_to: 'https://app.example/in?a=1', code_challenge }
  const url = await follow(desk, `/authorize?${new URLSearchParams({ ...all, ...query })}`)
  return { desk, url, code: url.searchParams.get('code') }
}

describe('sign-in by redirect', () => {
  it('comes back with a code that the verifier turns into a session, once', async () => {
    const { desk, url, code } = await authorized({ state: 'xyz' })
    expect(`${url.origin}${url.pathname}`).toBe('https://app.example/in')
    expect(Object.fromEntries(url.searchParams)).toEqual({ a: '1', code })
    expect(said(await pkce(desk, code, 'x'.repeat(43)))).toBe('400 bad_code_verifier')
    expect(said(await pkce(desk, code))).toBe('200 ok')
    expect(said(await pkce(desk, code))).toBe('404 flow_state_not_found')
  })

  it('gives one session to two simultaneous requests with one code', async () => {
    const { desk, code } = await authorized()
    const answers = await Promise.all([pkce(desk, code), pkce(desk, code)])
    expect(answers.map(said).sort()).toEqual(['200 ok', '404 flow_state_not_found'])
  })

  it('takes plain challenges too', async () => {
    const plain = { code_challenge: VERIFIER, code_challenge_method: 'plain' }
    const { desk, code } = await authorized(plain)
    expect(said(await pkce(desk, code))).toBe('200 ok')
  })

  it('forgets a code after five minutes', async () => {
    const { desk, code } = await authorized()
    await desk.clock.advance(300_001)
    expect(said(await pkce(desk, code))).toBe('422 flow_state_expired')
  })

  it('refuses an exchange without a verifier', async () => {
    const { desk, code } = await authorized()
    expect(said(await pkce(desk, code, ''))).toBe('400 validation_failed')
  })

  it('comes back with tokens in the fragment when there is no challenge', async () => {
    const { url, desk } = await authorized({ code_challenge: '' })
    const fragment = new URLSearchParams(url.hash.slice(1))
    expect(url.searchParams.has('code')).toBe(false)
    await desk.rotate(fragment.get('refresh_token') ?? '')
    expect(fragment.get('expires_in')).toBe('3600')
  })

  it('can be denied', async () => {
    const desk = createDesk()
    desk.server.denyNextAuthorize()
    const path = '/authorize?provider=github&redirect_to=https://app.example/?state=own&state=xyz'
    const url = await follow(desk, path)
    expect(url.searchParams.get('error')).toBe('access_denied')
    expect(url.searchParams.getAll('state')).toEqual(['own'])
    expect((await follow(desk, path)).searchParams.has('error')).toBe(false)
  })

  it('refuses nobody’s', async () => {
    expect(said(await createDesk().send('/authorize'))).toBe('400 validation_failed')
  })

  const site = { siteUrl: 'https://app.example/home' }
  const urls = ['https://a.app.example/in', 'https://other.example/**']

  it.each([
    ['nowhere', 'https://app.example/home'],
    ['https://evil.example/', 'https://app.example/home'],
    ['https://a.app.example/in/x', 'https://app.example/home'],
    ['https://other.example.evil.example/', 'https://app.example/home'],
    ['https://app.example/any/page', 'https://app.example/any/page'],
    ['https://a.app.example/in', 'https://a.app.example/in'],
    ['https://other.example/a/b', 'https://other.example/a/b'],
  ])('to %s leads to %s', async (wanted, there) => {
    const desk = createDesk({ ...site, redirectUrls: urls })
    const query = new URLSearchParams({ provider: 'github', redirect_to: wanted })
    const { origin, pathname } = await follow(desk, `/authorize?${query}`)
    expect(origin + pathname).toBe(there)
  })
})

describe('a server that was told of no other address', () => {
  it.each([
    ['https://app.example/in', 'http://localhost/'],
    ['http://localhost:3000/in', 'http://localhost:3000/in'],
  ])('sends who wants to go to %s to %s, as GoTrue does', async (wanted, there) => {
    const desk = createDesk({ redirectUrls: undefined })
    const query = new URLSearchParams({ provider: 'github', redirect_to: wanted })
    const { origin, pathname } = await follow(desk, `/authorize?${query}`)
    expect(origin + pathname).toBe(there)
  })
})

describe('the link of a message', () => {
  const linked = async (challenge: object) => {
    const desk = createDesk()
    await desk.post('/otp?redirect_to=https://app.example/', { email: ADA.email, ...challenge })
    const { pathname, search } = new URL(desk.server.messages[0]?.link ?? 'about:blank')
    return { desk, path: pathname.replace('/auth/v1', '') + search }
  }

  it('leads to tokens in the fragment', async () => {
    const { desk, path } = await linked({})
    const fragment = new URLSearchParams((await follow(desk, path)).hash.slice(1))
    expect(fragment.get('type')).toBe('magiclink')
    await desk.rotate(fragment.get('refresh_token') ?? '')
  })

  it('leads to a code where there was a challenge', async () => {
    const { desk, path } = await linked({ code_challenge: await s256(VERIFIER) })
    const url = await follow(desk, path)
    expect(url.hash).toBe('')
    expect(said(await pkce(desk, url.searchParams.get('code')))).toBe('200 ok')
  })

  it('tells the page when it has been used before', async () => {
    const { desk, path } = await linked({})
    await follow(desk, path)
    const url = await follow(desk, path)
    expect(url.origin).toBe('https://app.example')
    expect(new URLSearchParams(url.hash.slice(1)).get('error_code')).toBe('otp_expired')
  })
})

describe('id tokens', () => {
  const exchange = (desk: ReturnType<typeof createDesk>, body: object) =>
    desk.post('/token?grant_type=id_token', { provider: 'google', ...body })

  it('sign in, and know people by their address', async () => {
    const desk = createDesk()
    await desk.signIn()
    const id_token = await desk.server.issueIdToken({ email: ADA.email })
    const { body } = await exchange(desk, { id_token })
    expect(body.user).toMatchObject({ id: desk.userId() })
  })

  it('are bound to the nonce, which the provider saw hashed', async () => {
    const desk = createDesk()
    const nonce = Buffer.from(await s256('raw'), 'base64url').toString('hex')
    const id_token = await desk.server.issueIdToken({ email: ADA.email, nonce })
    expect((await exchange(desk, { id_token, nonce: 'other' })).status).toBe(400)
    expect((await exchange(desk, { id_token })).status).toBe(400)
    expect((await exchange(desk, { id_token, nonce: 'raw' })).status).toBe(200)
  })

  it('are not access tokens', async () => {
    const desk = createDesk()
    const { access } = await desk.signIn()
    expect((await exchange(desk, { id_token: access })).status).toBe(400)
    expect((await exchange(desk, { id_token: 'nonsense' })).status).toBe(400)
  })
})
