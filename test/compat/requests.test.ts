import { afterEach, describe, expect, it, vi } from 'vitest'
import { GoTrueClient, isAuthRefreshDiscardedError } from '../../src/compat/auth-js/index.js'
import { lazily } from '../../src/compat/auth-js/lazy.js'
import { isAuthError } from '../../src/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { PATIENT } from '../support/patient.js'
import { jwt } from '../support/wire.js'
import { plantPage } from './page.js'
import { ADA } from './stage.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const SESSION = {
  access_token: jwt({ sub: 'ada', iat: 100, exp: 3700 }),
  refresh_token: 'refresh-token',
  expires_in: 3600,
  token_type: 'bearer',
  user: { id: 'ada' },
}

/** A client whose server takes everything, and what was sent to it. */
function start(answer: object = SESSION, flowType = 'implicit') {
  const sent: { readonly path: string; readonly body: Record<string, unknown> }[] = []
  let gate: Promise<void> | null = null
  const auth = new GoTrueClient({
    url: 'https://auth.example',
    persistSession: false,
    flowType,
    async fetch(url, init) {
      const path = String(url).slice('https://auth.example'.length)
      sent.push({ path, body: JSON.parse(String(init?.body ?? '{}')) })
      await gate
      return Response.json(path.startsWith('/user') ? SESSION.user : answer)
    },
  })
  const hold = () => {
    let release = (): void => {}
    gate = new Promise((resolve) => {
      release = resolve
    })
    return release
  }
  return { auth, sent, hold }
}

describe('a message to a phone', () => {
  it('is told by the name that its sender has for it', async () => {
    const { auth } = start({ message_id: 'SM1' })
    const data = { user: null, session: null, messageId: 'SM1' }
    const phone = '+15550100'
    expect(await auth.signInWithOtp({ phone })).toEqual({ data, error: null })
    expect(await auth.resend({ type: 'sms', phone })).toEqual({ data, error: null })
  })
})

describe('what is sent', () => {
  it('asks no browser for a credential of somebody without a name', async () => {
    const user = { id: 'YWRh', name: '', displayName: '' }
    const publicKey = { rp: { id: 'app.example' }, user, challenge: 'YQ', pubKeyCredParams: [] }
    const webauthn = { type: 'create', credential_options: { publicKey } }
    const { auth } = start({ ...SESSION, id: 'c', type: 'webauthn', expires_at: 1, webauthn })
    await auth.signInWithPassword(ADA)
    const { asked } = plantPage({ href: 'https://app.example/' })
    await auth.mfa.webauthn.challenge({
      factorId: 'f',
      friendlyName: 'key',
      webauthn: { rpId: 'app.example' },
    })
    expect(asked).toMatchObject([{ json: { user: { name: 'key', displayName: 'key' } } }])
  })

  it('takes no security key back whose proof was never answered: it may count by now', async () => {
    plantPage({ href: 'https://app.example/' })
    const webauthn = { rpId: 'app.example', rpName: 'App', origins: ['https://app.example'] }
    const server = createScriptedGoTrue({ users: [ADA], mfa: { webauthn } })
    const auth = new GoTrueClient({
      url: 'http://localhost/auth/v1',
      persistSession: false,
      async fetch(url, init) {
        if (String(url).endsWith('/verify')) throw new TypeError('lost')
        return server.fetch(url, init)
      },
    })
    await auth.signInWithPassword(ADA)
    const { error } = await auth.mfa.webauthn.register({ friendlyName: 'key' })
    expect(error?.name).toBe('AuthRetryableFetchError')
    expect(server.requests.some(({ method }) => method === 'DELETE')).toBe(false)
  })

  it('says by what a code goes to a phone: by SMS unless the app says otherwise', async () => {
    const { auth, sent } = start()
    await auth.signUp({ phone: '+15550100', password: 'secret' })
    const options = { channel: 'whatsapp' as const, captchaToken: 'human', data: { a: 1 } }
    await auth.signInWithOtp({ phone: '+15550100', options })
    expect(sent.map(({ body }) => body)).toEqual([
      { phone: '+15550100', password: 'secret', data: {}, channel: 'sms' },
      {
        phone: '+15550100',
        create_user: true,
        data: { a: 1 },
        channel: 'whatsapp',
        gotrue_meta_security: { captcha_token: 'human' },
      },
    ])
  })

  it.each([
    ['pkce', 's256'],
    ['implicit', undefined],
  ])('proves who began it where the flow is pkce, and only there: %s', async (flow, method) => {
    const { auth, sent } = start(SESSION, flow)
    const emailRedirectTo = 'https://app.example/'
    await auth.signUp({ ...ADA, options: { emailRedirectTo } })
    await auth.signInWithOtp({ email: ADA.email })
    await auth.resetPasswordForEmail(ADA.email)
    await auth.resend({ type: 'signup', email: ADA.email })
    await auth.updateUser({ email: 'eve@example.com' })
    expect(sent.map(({ body }) => body.code_challenge_method)).toEqual(Array(5).fill(method))
    expect(sent[0]?.path).toBe(`/signup?redirect_to=${encodeURIComponent(emailRedirectTo)}`)
  })

  it('changes a password with the one before, or with a code', async () => {
    const { auth, sent } = start()
    await auth.signInWithPassword(ADA)
    await auth.updateUser({ password: 'new', current_password: 'old', nonce: '123456' })
    const { code_challenge: _, ...body } = sent.at(-1)?.body ?? {}
    expect(body).toEqual({ password: 'new', current_password: 'old', nonce: '123456' })
  })
})

describe('what comes back', () => {
  it('says that a password is weak which was taken all the same', async () => {
    const weak_password = { reasons: ['length', 'of another kind'], message: 'Short.' }
    const { auth } = start({ ...SESSION, weak_password })
    const { data } = await auth.signInWithPassword(ADA)
    expect(data.weakPassword).toEqual({ reasons: ['length'], message: 'Short.' })
  })

  it('is discarded where somebody signed out meanwhile; the cause is Holdfast’s own error', async () => {
    const { auth, hold, sent } = start()
    await auth.signInWithPassword(ADA)
    const release = hold()
    const late = auth.signInWithPassword(ADA)
    await vi.waitUntil(() => sent.length === 2, PATIENT)
    await auth.signOut({ scope: 'local' })
    release()
    const { error } = await late
    expect(isAuthRefreshDiscardedError(error)).toBe(true)
    expect(isAuthError(error?.cause, 'superseded')).toBe(true)
    expect((await auth.getSession()).data.session).toBeNull()
  })

  it('is a failure that may pass where a part of the package cannot be loaded', async () => {
    const { auth } = start()
    const flow = 'implicit' as const
    const face = {
      client: auth.client,
      flow,
      throwOnError: false,
      ready: async () => {},
      starting: () => false,
      check() {},
    }
    const api = { greet: async () => 'hello' }
    const offline = () => Promise.reject(new TypeError('Failed to fetch'))
    expect(await lazily<typeof api>(face, offline, { greet: null }).greet()).toMatchObject({
      data: null,
      error: { name: 'AuthRetryableFetchError', status: 0 },
    })
    expect(await lazily(face, async () => () => api, { greet: null }).greet()).toBe('hello')
  })
})
