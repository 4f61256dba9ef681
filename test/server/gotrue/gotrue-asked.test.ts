import { describe, expect, it } from 'vitest'
import { ADA, createGotrueServerWorld } from './gotrue-server-world.js'

const PHONE = { phone: '4915112345678' }
const EMAIL = { email: ADA.email }

/** An app before a GoTrue that writes down what it is asked, and refuses all of it. */
function writtenDown() {
  const asked: unknown[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname, search } = new URL(String(input instanceof Request ? input.url : input))
    asked.push([pathname.slice('/auth/v1'.length) + search, JSON.parse(String(init?.body))])
    return Response.json({ code: 400, error_code: 'bad_json', msg: 'No.' }, { status: 400 })
  }
  return { ...createGotrueServerWorld({ gotrue: { fetch } }), asked }
}

const HASH = { tokenHash: 'abcdefgh', type: 'email' }
const TOKEN = { idToken: 'e.y.j', provider: 'google' }
const BOTH = { accessToken: 'at', nonce: 'n' }

describe('what a page asks of GoTrue through the server of its app', () => {
  it.each<[string, string, object, string, object]>([
    [
      'somebody unnamed',
      'credentials',
      { anonymous: true, data: { a: 1 } },
      '/signup',
      { data: { a: 1 } },
    ],
    [
      'the hash of a link',
      'credentials',
      HASH,
      '/verify',
      { type: 'email', token_hash: 'abcdefgh' },
    ],
    [
      'an id token',
      'credentials',
      { ...TOKEN, ...BOTH },
      '/token?grant_type=id_token',
      { id_token: 'e.y.j', provider: 'google', access_token: 'at', nonce: 'n' },
    ],
    [
      'a text to a new phone again',
      'resend',
      { ...PHONE, type: 'phone_change' },
      '/resend',
      { ...PHONE, type: 'phone_change' },
    ],
    ['a text again', 'resend', { ...PHONE, type: 'sms' }, '/resend', { ...PHONE, type: 'sms' }],
    [
      'a mail to a new address again',
      'resend',
      { ...EMAIL, type: 'email_change' },
      '/resend',
      { ...EMAIL, type: 'email_change' },
    ],
    [
      'a code by WhatsApp',
      'otp',
      { ...PHONE, channel: 'whatsapp' },
      '/otp',
      { ...PHONE, channel: 'whatsapp' },
    ],
    ['a code by text', 'otp', { ...PHONE, channel: 'sms' }, '/otp', { ...PHONE, channel: 'sms' }],
    [
      'a code for whoever has no account yet',
      'otp',
      EMAIL,
      '/otp',
      { ...EMAIL, create_user: true },
    ],
    [
      'a code for accounts alone',
      'otp',
      { ...EMAIL, createUser: false },
      '/otp',
      { create_user: false },
    ],
    [
      'a company by its domain',
      'sso',
      { domainHint: 'acme.example' },
      '/sso',
      { domain: 'acme.example' },
    ],
    ['a company by its id', 'sso', { connectionId: 'c-1' }, '/sso', { provider_id: 'c-1' }],
    [
      'a password beside what is null',
      'credentials',
      { ...ADA, phone: null },
      '/token?grant_type=password',
      ADA,
    ],
  ])('goes there as it was meant: %s', async (_, route, json, path, body) => {
    const { call, asked } = writtenDown()
    await call(`/auth/${route}`, json)
    expect(asked).toEqual([[expect.stringContaining(path), expect.objectContaining(body)]])
  })

  it.each<[string, string, object]>([
    ['an id token of nobody', 'credentials', { idToken: 'e.y.j' }],
    ['a provider without a token', 'credentials', { provider: 'google' }],
    ['a password of nobody', 'credentials', { password: 'secret-1' }],
    ['a code of nobody', 'credentials', { code: '123456' }],
    ['nobody who is to get a code', 'otp', {}],
    ['a kind of mail for a phone', 'resend', { ...PHONE, type: 'signup' }],
    ['a kind of text for a mail', 'resend', { ...EMAIL, type: 'sms' }],
    ['a kind of mail that is not sent again', 'resend', { ...EMAIL, type: 'recovery' }],
    ['a kind of text that is not sent again', 'resend', { ...PHONE, type: 'invite' }],
    ['a carrier that there is not', 'otp', { ...PHONE, channel: 'pigeon' }],
    ['no company', 'sso', {}],
  ])('does not go there when it says nothing of use: %s', async (_, route, json) => {
    const { call, asked } = writtenDown()
    const answer = await call(`/auth/${route}`, json)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_argument'])
    expect(asked).toEqual([])
  })

  it('leaves a cookie for the link of a mail, and none for a text, which has no link', async () => {
    const mail = createGotrueServerWorld()
    await mail.call('/auth/otp', EMAIL)
    expect(mail.jar.cookies.size).toBe(1)
    const text = createGotrueServerWorld({ scripted: { users: [PHONE] } })
    expect((await text.call('/auth/otp', PHONE)).status).toBe(200)
    expect(text.jar.cookies.size).toBe(0)
  })
})
