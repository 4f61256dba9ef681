import { describe, expect, it } from 'vitest'
import { AuthClient, type Environment, type Storage } from '../../src/index.js'
import { gotrue, type OtpType } from '../../src/providers/gotrue/index.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'
import { answered } from '../support/any-answer.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }
const DAY = 86_400_000

/** What an app has that is not as it should be. */
interface Trouble {
  readonly environment?: Partial<Environment>
  readonly wrap?: (storage: Storage) => Storage
}

function start(
  options: ScriptedGoTrueOptions = {},
  { environment, wrap = (storage) => storage }: Trouble = {},
) {
  const browser = createFakeBrowser()
  const { clock } = browser
  const server = createScriptedGoTrue({ clock, users: [ADA], ...options })
  const tab = browser.tab({ cors: true })
  const auth = new AuthClient({
    provider: gotrue({
      url: 'http://localhost/auth/v1',
      fetch: tab.fetch(server.fetch),
      now: clock.now,
    }),
    storage: wrap(tab.storage),
    environment: { ...tab.environment, ...environment },
  })
  /** Opens the link of the last mail. */
  async function open() {
    const link = server.messages.at(-1)?.link ?? ''
    const { headers } = await server.fetch(link, { redirect: 'manual' })
    tab.navigate(headers.get('location') ?? '')
    return auth.actions.handleRedirect()
  }
  return { browser, server, tab, auth, open, ...auth.actions }
}

const BOB = { email: 'bob@example.com', password: 'secret-2' }

/** Every mail that somebody signs in by, and the type of its code. */
const MAILS: readonly [string, OtpType, (app: ReturnType<typeof start>) => Promise<unknown>][] = [
  ['sendOtp', 'email', ({ sendOtp }) => sendOtp({ email: ADA.email })],
  ['signUp', 'signup', ({ signUp }) => signUp(BOB)],
  [
    'resend',
    'signup',
    async ({ signUp, resend }) => {
      await signUp(BOB)
      await resend({ type: 'signup', email: BOB.email })
    },
  ],
  [
    'sendPasswordRecovery',
    'recovery',
    ({ sendPasswordRecovery }) => sendPasswordRecovery({ email: ADA.email }),
  ],
]

describe('a mail that was asked for without an address to lead back to', () => {
  it.each(MAILS)(
    'of %s signs in by its code, for which there is a link too',
    async (_, type, ask) => {
      const app = start({ autoconfirm: false })
      await ask(app)
      const { to = '', code = '', tokenHash = '' } = app.server.messages.at(-1) ?? {}
      expect(tokenHash).toMatch(/^pkce_/)
      const { session } = await app.auth.signIn({ email: to, code, type })
      expect(session?.user?.email).toBe(to)
    },
  )

  it.each(MAILS)('of %s signs in by the hash in its template', async (_, type, ask) => {
    const app = start({ autoconfirm: false })
    await ask(app)
    const { to, tokenHash = '' } = app.server.messages.at(-1) ?? {}
    const { session } = await app.auth.signIn({ tokenHash, type })
    expect(session?.user?.email).toBe(to)
  })

  it.each(MAILS)('of %s signs in by its link, at the site of the server', async (_, _type, ask) => {
    const app = start({ autoconfirm: false })
    await ask(app)
    const result = await app.open()
    expect(result?.session?.user?.email).toBe(app.server.messages.at(-1)?.to)
    expect(app.tab.environment.page.href()).toBe('http://localhost/')
  })

  it('of updateUser brings the new address by its link', async () => {
    const { auth, open, updateUser } = start({ secureEmailChange: false })
    await auth.signIn(ADA)
    await updateUser({ email: 'ada@new.example' })
    expect((await open())?.session?.user?.email).toBe('ada@new.example')
  })

  it.each<[string, string, Trouble]>([
    [
      'cannot be made',
      'invalid_argument',
      { environment: { crypto: { randomBytes: () => new Uint8Array(0), sha256: (all) => all } } },
    ],
    [
      'cannot be kept',
      'storage',
      {
        wrap: ({ get, set, remove }) => ({
          get,
          remove,
          async set(name, text) {
            if (name.endsWith('.flows')) throw new Error('This storage keeps no secrets.')
            await set(name, text)
          },
        }),
      },
    ],
  ])('is sent for its code where the secret of its link %s', async (_, code, trouble) => {
    const { server, auth, sendOtp } = start({ autoconfirm: false }, trouble)
    const { email } = ADA
    await sendOtp({ email })
    const sent = server.messages.at(-1)
    expect(sent?.tokenHash).not.toMatch(/^pkce_/)
    expect((await auth.signIn({ email, code: sent?.code ?? '' })).session).not.toBeNull()
    // Of these the app wants the link.
    const redirectTo = 'http://localhost/app'
    await expect(sendOtp({ email, redirectTo })).rejects.toMatchObject({ code })
    await expect(sendOtp({ email, flow: 'pkce' })).rejects.toMatchObject({ code })
  })
})

describe('a message that did not come', () => {
  it('is sent again after a sign-up, and its link ends in this browser', async () => {
    const { server, auth, open, signUp, resend } = start({ autoconfirm: false })
    await signUp(BOB)
    await resend({ type: 'signup', email: BOB.email, redirectTo: 'http://localhost/app' })
    expect(server.messages.map(({ type }) => type)).toEqual(['signup', 'signup'])
    expect((await open())?.user?.email).toBe(BOB.email)
    expect((await auth.getSession())?.user?.email).toBe(BOB.email)
  })

  it('is sent again to both addresses of a change, whose older codes count no more', async () => {
    const { server, auth, updateUser, resend } = start()
    await auth.signIn(ADA)
    await updateUser({ email: 'ada@new.example' })
    const old = server.messages.at(-1)?.code ?? ''
    await resend({ type: 'email_change', email: ADA.email })
    expect(server.messages.slice(-2).map(({ to }) => to)).toEqual([ADA.email, 'ada@new.example'])
    const type = 'email_change'
    await expect(auth.signIn({ email: 'ada@new.example', code: old, type })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    for (const { to, code } of server.messages.slice(-2)) {
      await auth.signIn({ email: to, code, type })
    }
    expect((await auth.getSession())?.user?.email).toBe('ada@new.example')
  })

  it('is sent again to a telephone', async () => {
    const { server, auth, sendOtp, resend } = start({ autoconfirm: false })
    await sendOtp({ phone: '+1555' })
    await resend({ type: 'sms', phone: '+1555' })
    const code = server.messages.at(-1)?.code ?? ''
    await auth.signIn({ phone: '+1555', code })
    await auth.actions.updateUser({ phone: '+1666' })
    await resend({ type: 'phone_change', phone: '+1555' })
    const next = server.messages.at(-1)
    expect(next).toMatchObject({ to: '1666', type: 'phone_change' })
    const proof = { phone: '+1666', code: next?.code ?? '', type: 'phone_change' } as const
    expect((await auth.signIn(proof)).user?.phone).toBe('1666')
  })

  it('is refused too soon, with the time to wait in ms', async () => {
    const { signUp, resend } = start({ autoconfirm: false, mailInterval: 60_000 })
    await signUp({ email: 'bob@example.com', password: 'secret-2' })
    const again = resend({ type: 'signup', email: 'bob@example.com' })
    await expect(again).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 59_000 })
  })

  it('to a telephone is refused too soon in the same way, and after a minute it is not', async () => {
    const { browser, auth, server, sendOtp, resend } = start({ mailInterval: 60_000 })
    const phone = '+1555'
    const wait = {
      code: 'rate_limited',
      retryAfter: 59_000,
      serverCode: 'over_sms_send_rate_limit',
    }
    await sendOtp({ phone })
    await expect(sendOtp({ phone })).rejects.toMatchObject(wait)
    await expect(resend({ type: 'sms', phone })).rejects.toMatchObject(wait)
    await browser.clock.advance(60_000)
    await sendOtp({ phone })
    await auth.signIn({ phone, code: server.messages.at(-1)?.code ?? '' })
    await browser.clock.advance(60_000)
    await auth.actions.reauthenticate()
    await expect(auth.actions.reauthenticate()).rejects.toMatchObject(wait)
    expect(server.messages).toHaveLength(3)
  })

  it('carries a captcha, and PKCE only where it has a link', async () => {
    const { auth, sent } = answered([200, {}], [200, {}])
    const redirectTo = 'https://app.example/in'
    await auth.actions.resend({ type: 'signup', email: 'a@b.c', redirectTo, captchaToken: 'human' })
    expect(sent[0]?.url.searchParams.get('redirect_to')).toBe(redirectTo)
    expect(sent[0]?.body).toEqual({
      type: 'signup',
      email: 'a@b.c',
      code_challenge: expect.any(String),
      code_challenge_method: 's256',
      gotrue_meta_security: { captcha_token: 'human' },
    })
    await auth.actions.resend({ type: 'sms', phone: '+1555' })
    expect(sent[1]?.body).toEqual({ type: 'sms', phone: '+1555' })
  })

  it.each<[string, unknown, string | null]>([
    ['by the name that its sender has for it', { message_id: 'SM1' }, 'SM1'],
    ['by none where the server does not say', {}, null],
    ['by none where that is no text', { message_id: 7 }, null],
    ['by none where the answer is odd', [], null],
  ])('to a phone is known %s', async (_, body, messageId) => {
    const { auth } = answered([200, body], [200, body])
    const { sendOtp, resend } = auth.actions
    expect(await sendOtp({ phone: '+1555' })).toEqual({ messageId })
    expect(await resend({ type: 'sms', phone: '+1555' })).toEqual({ messageId })
  })

  it.each([undefined, null, {}, { type: 'recovery', email: 'a@b.c' }, { type: 'signup' }])(
    'is a mistake of the caller where they say %j, and nothing is sent',
    async (wrong) => {
      const { auth, sent } = answered()
      const resend: (options: never) => Promise<unknown> = auth.actions.resend
      const call = Reflect.apply(resend, undefined, [wrong])
      await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
      expect(sent).toEqual([])
    },
  )
})

describe('a new password of an old session', () => {
  it('needs the code that was sent to the person', async () => {
    const { browser, server, auth, updateUser, reauthenticate } = start({ reauthentication: true })
    await auth.signIn(ADA)
    await browser.clock.advance(DAY + 1)
    const password = 'another-secret'
    await expect(updateUser({ password })).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'reauthentication_needed',
    })
    await reauthenticate()
    const { to, type, code: nonce = '' } = server.messages.at(-1) ?? {}
    expect({ to, type }).toEqual({ to: ADA.email, type: 'reauthentication' })
    const wrong = nonce === '000000' ? '111111' : '000000'
    await expect(updateUser({ password, nonce: wrong })).rejects.toMatchObject({
      serverCode: 'reauthentication_not_valid',
    })
    await updateUser({ password, nonce })
    await auth.signOut()
    expect((await auth.signIn({ ...ADA, password })).session).not.toBeNull()
  })

  it('has no code that signs anybody in', async () => {
    const { server, auth, reauthenticate } = start()
    await auth.signIn(ADA)
    await reauthenticate()
    const code = server.messages.at(-1)?.code ?? ''
    await expect(auth.signIn({ email: ADA.email, code })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  it('is nobody’s without a session', async () => {
    const { server, reauthenticate } = start()
    await expect(reauthenticate()).rejects.toMatchObject({ code: 'session_missing' })
    expect(server.requests).toEqual([])
  })
})
