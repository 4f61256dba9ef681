import { describe, expect, it } from 'vitest'
import type { ScriptedGoTrueOptions } from '../../../src/testing/gotrue/index.js'
import { createManualClock, createScriptedGoTrue } from '../../../src/testing/index.js'

const SITE = 'https://site.example/'
const ADA = { email: 'ada@example.com', password: 'secret-1', data: { name: 'Ada' } }
const BOSS = { email: 'boss@example.com', password: 'secret-2', role: 'admin' }

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (text: string): Fields => {
  try {
    return JSON.parse(text)
  } catch {
    return { text }
  }
}

/** Asks a server with the manners of Netlify's. A form is a text, as it is sent. */
function createDesk(options: ScriptedGoTrueOptions = {}) {
  const clock = createManualClock()
  const server = createScriptedGoTrue({
    manners: 'netlify',
    siteUrl: SITE,
    users: [ADA, BOSS],
    clock,
    ...options,
  })
  async function ask(what: string, body?: Fields | string, bearer?: unknown) {
    const [method = '', path = ''] = what.split(' ')
    const form = typeof body === 'string'
    const response = await server.fetch(`http://localhost/auth/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
    })
    const { status, headers } = response
    return { status, to: headers.get('location'), ...fieldsOf(await response.text()) } as {
      readonly status: number
      readonly to: string | null
      readonly [name: string]: unknown
    }
  }
  const signIn = ({ email, password }: { email: string; password: string }) =>
    ask('POST /token', `grant_type=password&username=${email}&password=${password}`)
  const refresh = (token: unknown) =>
    ask('POST /token', `grant_type=refresh_token&refresh_token=${token}`)
  const mailed = (name: string): string =>
    new URLSearchParams(new URL(server.messages.at(-1)?.link ?? '').hash.slice(1)).get(name) ?? ''
  return { server, clock, ask, signIn, refresh, mailed }
}

const claimsOf = (token: unknown): Fields =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())

/** The steps of a story, each with the answer that the source of netlify/gotrue gives (388fcdea, 0083f61b). */
describe('a scripted GoTrue with the manners of Netlify’s', () => {
  it('gives tokens for a form, which name nobody outside the token, and none for JSON', async () => {
    const { ask, signIn } = createDesk()
    const json = { grant_type: 'password', username: ADA.email, password: ADA.password }
    expect(await ask('POST /token', json)).toEqual({
      status: 400,
      to: null,
      error: 'unsupported_grant_type',
    })
    const { access_token, ...answer } = await signIn(ADA)
    expect(answer).toEqual({
      status: 200,
      to: null,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
    })
    expect(claimsOf(access_token)).toEqual({
      exp: expect.any(Number),
      sub: expect.any(String),
      email: ADA.email,
      app_metadata: { provider: 'email' },
      user_metadata: { name: 'Ada' },
    })
  })

  it.each([
    ['a wrong password', { ...ADA, password: 'no' }],
    ['nobody', { email: 'nobody@example.com', password: 'no' }],
  ])('tells %s in one sentence', async (_, person) => {
    expect(await createDesk().signIn(person)).toMatchObject({
      status: 400,
      error: 'invalid_grant',
      error_description: 'No user found with that email, or password invalid.',
    })
  })

  it('refuses a refresh token that was traded, at once and for ever, and ends nothing by that', async () => {
    const { signIn, refresh } = createDesk()
    const { refresh_token: first } = await signIn(ADA)
    const { refresh_token: second } = await refresh(first)
    const refused = {
      status: 400,
      error: 'invalid_grant',
      error_description: 'Invalid Refresh Token',
    }
    expect(await refresh(first)).toMatchObject(refused)
    expect(await refresh('nobody-has-it')).toMatchObject(refused)
    expect(await refresh(second)).toMatchObject({ status: 200 })
    expect(await refresh('')).toMatchObject({ status: 400, error: 'invalid_request' })
  })

  it('signs nobody in who signs up, and confirms by the token of a mail, once', async () => {
    const { ask, signIn, mailed } = createDesk({ autoconfirm: false })
    const grace = { email: 'grace@example.com', password: 'secret-3' }
    const made = await ask('POST /signup', grace)
    expect(made).toMatchObject({ status: 200, email: grace.email, user_metadata: null, aud: '' })
    expect(made).not.toHaveProperty('access_token')
    expect(await signIn(grace)).toMatchObject({ error_description: 'Email not confirmed' })
    const verify = { type: 'signup', token: mailed('confirmation_token') }
    expect(await ask('POST /verify', verify)).toMatchObject({ status: 200, token_type: 'bearer' })
    expect(await ask('POST /verify', verify)).toMatchObject({ status: 404, msg: 'User not found' })
    expect(await ask('POST /signup', grace)).toMatchObject({
      status: 400,
      code: 400,
      msg: 'A user with this email address has already been registered',
    })
  })

  it('signs nobody in where no address needs a confirmation either', async () => {
    const made = await createDesk().ask('POST /signup', { email: 'g@example.com', password: 'x' })
    expect(made).toMatchObject({ status: 200, confirmed_at: expect.any(String) })
    expect(made).not.toHaveProperty('access_token')
  })

  it('says of a recovery whether there is such an address, and 500 too soon after the one before', async () => {
    const { ask, mailed, clock } = createDesk({ mailInterval: 60_000 })
    const { email } = ADA
    expect(await ask('POST /recover', { email: 'no@example.com' })).toMatchObject({ status: 404 })
    expect(await ask('POST /recover', { email })).toMatchObject({ status: 200 })
    expect(await ask('POST /recover', { email })).toMatchObject({
      status: 500,
      msg: 'Error recovering user',
    })
    const verify = { type: 'recovery', token: mailed('recovery_token') }
    expect(await ask('POST /verify', verify)).toMatchObject({ status: 200 })
    await clock.advance(60_001)
    expect(await ask('POST /recover', { email })).toMatchObject({ status: 200 })
  })

  it('lets an admin invite people, who choose a password', async () => {
    const { ask, signIn, mailed } = createDesk()
    const guest = { email: 'guest@example.com' }
    const [ada, boss] = [await signIn(ADA), await signIn(BOSS)]
    expect(await ask('POST /invite', guest, ada.access_token)).toMatchObject({ status: 401 })
    expect(await ask('POST /invite', guest, boss.access_token)).toMatchObject({ status: 200 })
    const verify = { type: 'signup', token: mailed('invite_token') }
    expect(await ask('POST /verify', verify)).toMatchObject({
      status: 422,
      msg: 'Invited users must specify a password',
    })
    const chosen = { ...verify, password: 'secret-4' }
    expect(await ask('POST /verify', chosen)).toMatchObject({ status: 200 })
    expect(await signIn({ ...guest, password: 'secret-4' })).toMatchObject({ status: 200 })
  })

  it('changes an address by the token of a mail, of whoever is signed in', async () => {
    const { ask, signIn, mailed } = createDesk()
    const [{ access_token: ada }, { access_token: boss }] = [await signIn(ADA), await signIn(BOSS)]
    expect(await ask('PUT /user', { email: 'new@example.com' }, ada)).toMatchObject({
      email: ADA.email,
      new_email: 'new@example.com',
    })
    const change = { email_change_token: mailed('email_change_token') }
    expect(await ask('PUT /user', change, boss)).toMatchObject({
      status: 401,
      msg: "Email Change Token didn't match token on file",
    })
    expect(await ask('PUT /user', change, ada)).toMatchObject({ email: 'new@example.com' })
  })

  it('ends all refresh tokens of a person by a sign-out, and no access token', async () => {
    const { ask, signIn, refresh } = createDesk()
    const [here, there, boss] = [await signIn(ADA), await signIn(ADA), await signIn(BOSS)]
    expect(await ask('POST /logout?scope=local', undefined, here.access_token)).toMatchObject({
      status: 204,
    })
    expect(await refresh(there.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(boss.refresh_token)).toMatchObject({ status: 200 })
    expect(await ask('GET /user', undefined, here.access_token)).toMatchObject({ status: 200 })
  })

  it('tells a dead bearer by 401, and somebody who was deleted by 404', async () => {
    const { ask, signIn, clock, server } = createDesk()
    const { access_token } = await signIn(ADA)
    expect(await ask('GET /user')).toMatchObject({ status: 401, code: 401 })
    expect(await ask('GET /user', undefined, 'x.y.z')).toMatchObject({ status: 401 })
    server.deleteUser(String(claimsOf(access_token).sub))
    expect(await ask('GET /user', undefined, access_token)).toMatchObject({
      status: 404,
      msg: 'User not found',
    })
    expect(await ask('POST /logout', undefined, access_token)).toMatchObject({
      status: 401,
      msg: 'Invalid user',
    })
    await clock.advance(3_600_000)
    expect(await ask('GET /user', undefined, access_token)).toMatchObject({
      msg: 'Invalid token: token is expired',
    })
  })

  it('brings the tokens of another provider in a fragment, or what went wrong', async () => {
    const { ask, server } = createDesk()
    const { status, to } = await ask('GET /authorize?provider=github')
    expect(status).toBe(302)
    expect(to?.replaceAll(/=[^&]+/g, '')).toBe(
      `${SITE}#access_token&expires_in&refresh_token&token_type`,
    )
    server.denyNextAuthorize()
    expect((await ask('GET /authorize?provider=github')).to).toBe(
      `${SITE}#error=access_denied&error_description=The+person+said+no`,
    )
    expect(await ask('GET /authorize?provider=twitter')).toMatchObject({ status: 400 })
  })

  it('answers nothing of what only Supabase’s has', async () => {
    const { ask } = createDesk()
    for (const what of ['POST /otp', 'POST /resend', 'POST /factors', 'GET /reauthenticate']) {
      expect(await ask(what, what.startsWith('POST') ? {} : undefined)).toMatchObject({
        status: 404,
      })
    }
    expect(await ask('GET /settings')).toMatchObject({ autoconfirm: true, disable_signup: false })
  })

  it('lets no page of another origin send the header of an API version', async () => {
    const { server } = createDesk()
    const preflight = (headers: string) =>
      server.fetch('http://localhost/auth/v1/user', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': headers,
        },
      })
    const allows = async (headers: string): Promise<boolean> =>
      (await preflight(headers)).headers.has('access-control-allow-methods')
    expect(await allows('authorization')).toBe(true)
    expect(await allows('authorization,x-supabase-api-version')).toBe(false)
  })
})
