import { describe, expect, it } from 'vitest'
import { sso } from '../../src/providers/gotrue/sso.js'
import { web3 } from '../../src/providers/gotrue/web3.js'
import { createPkce } from '../../src/providers/shared/pkce.js'
import { createGotrue } from '../../src/server/gotrue/index.js'
import type { ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createGotrueServerWorld } from '../server/gotrue/gotrue-server-world.js'
import { ADA, createGoTrueWorld } from '../support/gotrue-tabs.js'
import { withDevice } from '../support/passkey-world.js'
import { ethereumWallet } from '../support/wallets.js'

const SETUP = 'a human who sets things up'
const PROOF = 'a human'
const EVE = { email: 'eve@example.com', password: 'secret-3' }

/** A server that wants the proof of a captcha wherever GoTrue takes one. */
const CAREFUL: ScriptedGoTrueOptions = {
  captcha: { tokens: [SETUP, PROOF] },
  sso: [{ id: '3c1d25b3-f679-420f-a9c5-82ab5eb4b8f0', domains: ['corp.example'] }],
  web3: { uris: ['https://app.example/'] },
  passkeys: { rpId: 'app.example', origins: ['https://app.example'] },
}

const refused = (why: string) => ({
  code: 'rejected',
  serverCode: 'captcha_failed',
  status: 400,
  message: `captcha protection: request disallowed (${why})`,
})
const WITHOUT = refused('no captcha_token found')

/** Where it was refused or taken, as a real one guards it. */
const pathsOf = ({ requests }: ReturnType<typeof withDevice>['world']['server']): string[] =>
  requests.map(({ path, grant }) => (grant ? `${path}?grant_type=${grant}` : path))

type Open = ReturnType<typeof withDevice>

/** All that an app can ask for with such a proof, and where GoTrue wants it. */
const CALLS: Readonly<
  Record<string, readonly [where: string, (open: Open, captchaToken?: string) => Promise<unknown>]>
> = {
  'a sign-in by a password': [
    '/token?grant_type=password',
    ({ auth }, captchaToken) => auth.signIn({ ...ADA, captchaToken }),
  ],
  'a sign-in as nobody': [
    '/signup',
    ({ auth }, captchaToken) => auth.signIn({ anonymous: true, captchaToken }),
  ],
  'a sign-in by a wallet': [
    '/token?grant_type=web3',
    ({ auth }, captchaToken) => {
      const { wallet } = ethereumWallet()
      const url = 'https://app.example/login'
      return web3(auth).signIn({ chain: 'ethereum', wallet, url, captchaToken })
    },
  ],
  'a sign-in by a passkey': [
    '/passkeys/authentication/options',
    ({ own }, captchaToken) => own.signIn({ captchaToken }),
  ],
  'a sign-in by the provider of a company': [
    '/sso',
    ({ auth }, captchaToken) => sso(auth).signInUrl({ domain: 'corp.example' }, { captchaToken }),
  ],
  'a registration': [
    '/signup',
    ({ auth }, captchaToken) => auth.actions.signUp({ ...EVE, captchaToken }),
  ],
  'a code': [
    '/otp',
    ({ auth }, captchaToken) => auth.actions.sendOtp({ email: ADA.email, captchaToken }),
  ],
  'a link to a new password': [
    '/recover',
    ({ auth }, captchaToken) =>
      auth.actions.sendPasswordRecovery({ email: ADA.email, captchaToken }),
  ],
  'a message once more': [
    '/resend',
    ({ auth }, captchaToken) =>
      auth.actions.resend({ type: 'signup', email: ADA.email, captchaToken }),
  ],
}

describe('the proof of a captcha', () => {
  it.each(Object.entries(CALLS))(
    'is what %s takes, and what is sent with it',
    async (_, [where, ask]) => {
      const open = withDevice({}, CAREFUL)
      await open.auth.signIn({ ...ADA, captchaToken: SETUP })
      await open.own.register()
      await open.auth.signOut()
      open.world.server.clearLog()
      await expect(ask(open)).rejects.toMatchObject(WITHOUT)
      expect(pathsOf(open.world.server)).toEqual([where])
      await ask(open, PROOF)
      // It was spent there.
      await expect(ask(open, PROOF)).rejects.toMatchObject(refused('timeout-or-duplicate'))
    },
  )

  it('is asked for by no refresh, no code of a redirect, and no code of a message', async () => {
    const world = createGoTrueWorld(CAREFUL)
    const { auth, tab } = world.open()
    await auth.actions.sendOtp({ email: ADA.email, captchaToken: PROOF })
    const code = world.server.messages.at(-1)?.code ?? ''
    await auth.signIn({ email: ADA.email, code })
    await auth.refreshSession()
    await auth.signOut()
    const redirectTo = 'https://app.example/back'
    tab.navigate(await world.follow(await auth.actions.authorizeUrl({ provider: 'x', redirectTo })))
    expect((await auth.actions.handleRedirect())?.session).not.toBeNull()
    const idToken = await world.server.issueIdToken({ email: ADA.email })
    expect((await auth.signIn({ idToken, provider: 'google' })).session).not.toBeNull()
  })

  it('that nobody gave is refused, whatever else is right', async () => {
    const { auth } = createGoTrueWorld(CAREFUL).open()
    const call = auth.signIn({ ...ADA, captchaToken: 'made up' })
    await expect(call).rejects.toMatchObject(refused('invalid-input-response'))
    expect(await auth.getSession()).toBeNull()
  })
})

describe('the proof of a captcha, on a server of the app', () => {
  const url = 'http://localhost/auth/v1'
  type Server = ReturnType<typeof createGotrue>

  it.each<[string, (server: Server, captchaToken?: string) => Promise<unknown>]>([
    ['signIn', (server, captchaToken) => server.signIn({ ...ADA, captchaToken })],
    ['signUp', (server, captchaToken) => server.signUp({ ...EVE, captchaToken })],
    ['sendOtp', (server, captchaToken) => server.sendOtp({ email: ADA.email, captchaToken })],
    [
      'sendPasswordRecovery',
      (server, captchaToken) => server.sendPasswordRecovery({ email: ADA.email, captchaToken }),
    ],
    [
      'resend',
      (server, captchaToken) => server.resend({ type: 'signup', email: ADA.email, captchaToken }),
    ],
    [
      'authorizeUrl, for single sign-on',
      async (server, captchaToken) => {
        const { challenge: codeChallenge } = await createPkce()
        const way = { redirectUri: 'https://app.example/back', state: 'state', codeChallenge }
        return server.authorizeUrl({ ...way, domainHint: 'corp.example', captchaToken })
      },
    ],
  ])('is sent by %s', async (_, ask) => {
    const world = createGoTrueWorld(CAREFUL)
    const server = createGotrue({ url, fetch: world.server.fetch })
    await expect(ask(server)).rejects.toMatchObject(WITHOUT)
    await ask(server, PROOF)
  })

  it.each<[string, object]>([
    ['credentials', ADA],
    ['credentials', { anonymous: true }],
    ['register', EVE],
    ['otp', { email: ADA.email }],
    ['recover', { email: ADA.email }],
    ['resend', { type: 'signup', email: ADA.email }],
  ])('is handed on by its route /%s: %j', async (route, fields) => {
    const { call } = createGotrueServerWorld({ scripted: CAREFUL })
    const refusal = await call(`/auth/${route}`, fields)
    expect([refusal.status, (await refusal.json()).serverCode]).toEqual([400, 'captcha_failed'])
    const answer = await call(`/auth/${route}`, { ...fields, captchaToken: PROOF })
    expect(answer.ok).toBe(true)
  })
})

describe('the password before', () => {
  const STRICT: ScriptedGoTrueOptions = { currentPassword: true }
  const password = 'another secret'
  const refusal = (serverCode: string) => ({
    code: 'rejected',
    serverCode,
    status: 400,
    message: 'Current password required when setting new password.',
  })

  it('is what a new one takes, and nothing is changed without it', async () => {
    const { auth } = createGoTrueWorld(STRICT).open()
    await auth.signIn(ADA)
    const change = (currentPassword?: string) =>
      auth.actions.updateUser({ password, ...(currentPassword && { currentPassword }) })
    await expect(change()).rejects.toMatchObject(refusal('current_password_required'))
    await expect(change('wrong')).rejects.toMatchObject(refusal('current_password_invalid'))
    await auth.signIn(ADA)
    await change(ADA.password)
    await auth.signIn({ email: ADA.email, password })
  })

  it('is no matter to somebody who has none, or who came by a message', async () => {
    const { server, ...world } = createGoTrueWorld(STRICT)
    const { auth, tab } = world.open()
    await auth.actions.sendPasswordRecovery({ email: ADA.email })
    const code = server.messages.at(-1)?.code ?? ''
    await auth.signIn({ email: ADA.email, code, type: 'recovery' })
    await auth.actions.updateUser({ password })
    const redirectTo = 'https://app.example/back'
    tab.navigate(await world.follow(await auth.actions.authorizeUrl({ provider: 'x', redirectTo })))
    await auth.actions.handleRedirect()
    await auth.actions.updateUser({ password })
    // Now there is one.
    const again = auth.actions.updateUser({ password: 'a third secret' })
    await expect(again).rejects.toMatchObject(refusal('current_password_required'))
  })

  it('is handed on by a server of the app', async () => {
    const { server, grant } = createGotrueServerWorld({ scripted: STRICT })
    const { accessToken } = await grant(ADA)
    const change = (changes: object) => server.updateUser(accessToken, { password, ...changes })
    await expect(change({})).rejects.toMatchObject(refusal('current_password_required'))
    await change({ currentPassword: ADA.password })
  })
})
