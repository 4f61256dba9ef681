import { readClaims } from '../../src/providers/shared/jwt.js'
import type {
  MfaOptions,
  ScriptedGoTrueOptions,
  ScriptedSsoProvider,
} from '../../src/testing/gotrue/index.js'
import { createDesk, said } from '../testing/gotrue-desk.js'
import type { Probe } from './documented.js'
import { DAY } from './times.js'

/** A desk at which Ada is signed in, and what she asks. */
async function signedIn(options: ScriptedGoTrueOptions = {}) {
  const desk = createDesk(options)
  const { access, refresh } = await desk.signIn()
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  return {
    ...desk,
    access,
    token: refresh,
    get: (path: string) => desk.send(path, { headers: bearer(access) }),
    ask: (path: string, body: unknown = {}) => desk.post(path, body, bearer(access)),
    put: (body: unknown, token = access) =>
      desk.send('/user', { method: 'PUT', body: JSON.stringify(body), headers: bearer(token) }),
  }
}

const codeOf = async (path: string, body: unknown): Promise<string> =>
  said(await (await signedIn()).ask(path, body))

/** The origin that somebody is sent to who wants to go there; to the server's own place without. */
async function sentTo(wanted: string): Promise<string> {
  const query = new URLSearchParams({ provider: 'github', redirect_to: wanted })
  const answer = await createDesk({ redirectUrls: undefined }).send(`/authorize?${query}`)
  return new URL(answer.headers.get('location') ?? '').origin
}

const addresses: Readonly<Record<string, Probe>> = {
  'SeedUser.role': {
    observe: async () => readClaims((await createDesk().signIn()).access)?.role,
  },
  'NewAccount.provider': {
    says: "'email' or 'phone'",
    observe() {
      const { server } = createDesk()
      const [email, phone] = [
        server.createUser({ email: 'bob@example.com' }),
        server.createUser({ phone: '4912' }),
      ]
      return (
        email.identities[0]?.provider === 'email' &&
        email.appMetadata.provider === 'email' &&
        phone.identities[0]?.provider === 'phone' &&
        phone.appMetadata.provider === 'phone'
      )
    },
  },
  'AccountIdentity.subject': {
    says: "the person's id",
    async observe() {
      const { get } = await signedIn()
      const { id, identities } = (await get('/user')).body
      const [identity]: readonly unknown[] = Array.isArray(identities) ? identities : []
      return typeof id === 'string' && Object(identity).id === id
    },
  },
  'ScriptedGoTrueOptions.autoconfirm': {
    async observe() {
      const { post, server } = createDesk()
      const { body } = await post('/signup', { email: 'bob@example.com', password: 'secret-1' })
      return server.messages.length === 0 && 'access_token' in body
    },
  },
  'ScriptedGoTrueOptions.secureEmailChange': {
    async observe() {
      const { put, server } = await signedIn()
      await put({ email: 'new@example.com' })
      const told = server.messages.map(({ to }) => to)
      return told.includes('new@example.com') ? told.includes('ada@example.com') : null
    },
  },
  'ScriptedGoTrueOptions.reauthentication': {
    async observe() {
      const set = async (options: ScriptedGoTrueOptions = {}): Promise<string> => {
        const { clock, refresh, token, put } = await signedIn(options)
        await clock.advance(2 * DAY)
        const { access_token: access } = (await refresh(token)).body
        return said(await put({ password: 'another horse' }, String(access)))
      }
      const wanted = await set({ reauthentication: true })
      return wanted === '400 reauthentication_needed' ? (await set()) === wanted : wanted
    },
  },
  'ScriptedGoTrueOptions.currentPassword': {
    async observe() {
      const set = async (options: ScriptedGoTrueOptions = {}): Promise<string> => {
        const { put } = await signedIn(options)
        return said(await put({ password: 'another horse' }))
      }
      const wanted = await set({ currentPassword: true })
      return wanted === '400 current_password_required' ? (await set()) === wanted : wanted
    },
  },
  'ScriptedGoTrueOptions.captcha': {
    says: 'none is wanted, as GoTrue has it',
    async observe() {
      const ask = async (options: ScriptedGoTrueOptions = {}): Promise<string> =>
        said(await createDesk(options).post('/otp', { email: 'ada@example.com' }))
      return (
        (await ask({ captcha: { tokens: [] } })) === '400 captcha_failed' &&
        (await ask()) === '200 ok'
      )
    },
  },
  'ScriptedGoTrueOptions.email': {
    async observe() {
      const { body } = await createDesk().post('/signup', {
        email: 'bob@example.com',
        password: 'secret-1',
      })
      return 'access_token' in body
    },
  },
  'ScriptedGoTrueOptions.phone': {
    async observe() {
      const { body } = await createDesk().post('/signup', { phone: '4912', password: 'secret-1' })
      return 'access_token' in body
    },
  },
  'ScriptedGoTrueOptions.signups': {
    async observe() {
      const { body } = await createDesk().post('/signup', {
        email: 'eve@example.com',
        password: 'secret-1',
      })
      return 'access_token' in body
    },
  },
  'ScriptedGoTrueOptions.mailLimit': {
    says: 'no limit',
    async observe() {
      const send = async (options: ScriptedGoTrueOptions = {}): Promise<number> => {
        const { post, server } = createDesk(options)
        for (let i = 0; i < 40; i++) await post('/otp', { email: `p${i}@example.com` })
        return server.messages.length
      }
      return (await send({ mailLimit: 3 })) === 3 && (await send()) === 40
    },
  },
  'ScriptedGoTrueOptions.anonymous': {
    async observe() {
      const { body } = await createDesk().post('/signup', {})
      return 'access_token' in body
    },
  },
}

const CORPORATION = {
  id: '6f0c9a1e-0000-4000-a000-000000000000',
  domains: ['corp.example', 'corp.test'],
}

/** Where somebody of a company is sent, and who comes back. */
async function companySignIn(provider: ScriptedSsoProvider) {
  const { post, server } = createDesk({ sso: [provider] })
  const { body } = await post('/sso', { domain: 'corp.test', skip_http_redirect: true })
  const { headers } = await server.fetch(String(body.url), { redirect: 'manual' })
  const { hash } = new URL(headers.get('location') ?? 'about:blank')
  const token = new URLSearchParams(hash.slice(1)).get('access_token')
  return { url: new URL(String(body.url)), email: token && readClaims(token)?.email }
}

const others: Readonly<Record<string, Probe>> = {
  'ScriptedGoTrueOptions.sso': {
    says: 'nobody: `/sso` says `saml_provider_disabled`',
    observe: async () =>
      (await codeOf('/sso', { domain: 'corp.test' })) === '404 saml_provider_disabled',
  },
  'ScriptedSsoProvider.email': {
    says: '`person@` the first domain',
    observe: async () => (await companySignIn(CORPORATION)).email === 'person@corp.example',
  },
  'ScriptedSsoProvider.url': {
    says: "this server's `/scripted/idp`, where the person consents at once",
    async observe() {
      const { url, email } = await companySignIn(CORPORATION)
      return url.href.startsWith('http://localhost/auth/v1/scripted/idp?') && Boolean(email)
    },
  },
  'ScriptedGoTrueOptions.web3': {
    says: 'none: the grant says `web3_provider_disabled`',
    async observe() {
      const proof = { chain: 'ethereum', message: 'Hi', signature: '0x1' }
      return (await codeOf('/token?grant_type=web3', proof)) === '422 web3_provider_disabled'
    },
  },
  'ScriptedGoTrueOptions.oauthServer': {
    says: 'no: all of it says `feature_disabled`',
    async observe() {
      const { get, ask } = await signedIn()
      const id = '/oauth/authorizations/6f0c9a1e-0000-4000-a000-000000000000'
      const answers = await Promise.all([
        ...['/oauth/authorize', '/oauth/userinfo', '/user/oauth/grants', id].map((at) => get(at)),
        ...['/oauth/clients/register', '/oauth/token', `${id}/consent`].map((at) => ask(at)),
      ])
      const isOff = ({ body }: { readonly body: object }): boolean =>
        JSON.stringify(body).includes('feature_disabled')
      return answers.every(isOff)
        ? true
        : answers.map(({ body }) => JSON.stringify(body)).join('\n')
    },
  },
  'ScriptedGoTrueOptions.manualLinking': {
    says: 'false, as GoTrue has it',
    async observe() {
      const link = async (options: ScriptedGoTrueOptions = {}): Promise<string> =>
        said(await (await signedIn(options)).get('/user/identities/authorize?provider=github'))
      const allowed = await link({ manualLinking: true })
      return (await link()) === '404 manual_linking_disabled' && /^[23]/.test(allowed)
    },
  },
  'ScriptedGoTrueOptions.providers': {
    says: 'all that are asked for',
    async observe() {
      const isOn = async (name: string, options: ScriptedGoTrueOptions = {}): Promise<boolean> =>
        (await createDesk(options).send(`/authorize?provider=${name}`)).status < 400
      return (
        (await isOn('github')) &&
        (await isOn('some-other')) &&
        !(await isOn('github', { providers: ['google'] }))
      )
    },
  },
  'ScriptedGoTrueOptions.manners': {
    says: 'as Supabase’s GoTrue',
    // Netlify's has no address for it.
    observe: async () => (await createDesk().send('/reauthenticate')).status === 401,
  },
  'ScriptedGoTrueOptions.siteUrl': {
    says: "the server's own origin",
    observe: async () => (await sentTo('')) === 'http://localhost',
  },
  'ScriptedGoTrueOptions.redirectUrls': {
    says: 'none: to the site only, as GoTrue has it',
    observe: async () => (await sentTo('https://any.example/x')) === 'http://localhost',
  },
  'ScriptedGoTrueOptions.passkeys': {
    says: 'off, as GoTrue has it',
    async observe() {
      const { get, ask } = await signedIn()
      const steps = ['registration', 'authentication'].flatMap((kind) => [
        `/passkeys/${kind}/options`,
        `/passkeys/${kind}/verify`,
      ])
      const answers = await Promise.all([get('/passkeys'), ...steps.map((path) => ask(path))])
      return answers.every((answer) => said(answer) === '404 passkey_disabled')
    },
  },
}

/** What somebody hears who wants a second factor of this type. */
async function enrol(factor_type: string, mfa?: MfaOptions): Promise<string> {
  const { ask } = await signedIn(mfa && { mfa })
  return said(await ask('/factors', { factor_type, friendly_name: 'one', phone: '+4913' }))
}

const NO_PHONE = '422 mfa_phone_enroll_not_enabled'
const NO_WEBAUTHN = '422 mfa_webauthn_enroll_not_enabled'

const factors: Readonly<Record<string, Probe>> = {
  'ScriptedGoTrueOptions.mfa': {
    says: 'codes of an app alone, as a real one has it',
    observe: async () =>
      (await enrol('totp')) === '200 ok' &&
      (await enrol('phone')) === NO_PHONE &&
      (await enrol('webauthn')) === NO_WEBAUTHN,
  },
  'MfaOptions.totp': { observe: async () => (await enrol('totp', {})) === '200 ok' },
  'MfaOptions.phone': { observe: async () => (await enrol('phone', {})) !== NO_PHONE },
  'MfaOptions.webauthn': {
    says: 'none',
    observe: async () => (await enrol('webauthn', {})) === NO_WEBAUTHN,
  },
  'MfaOptions.phoneInterval': {
    async observe() {
      const { ask, clock } = await signedIn({ mfa: { phone: true }, accessTokenLifetime: DAY })
      const { body } = await ask('/factors', { factor_type: 'phone', phone: '+4913' })
      const challenge = async (): Promise<boolean> =>
        (await ask(`/factors/${body.id}/challenge`)).status === 200
      if (!(await challenge())) return null
      const [start, step] = [clock.now(), 250]
      while (!(await challenge()) && clock.now() < start + 600_000) await clock.advance(step)
      // At the end of the time a server still refuses, and after it no more.
      return clock.now() - start - step
    },
  },
  'MfaOptions.maxFactors': {
    async observe() {
      const { ask } = await signedIn()
      const add = async (name: number): Promise<boolean> =>
        (await ask('/factors', { factor_type: 'totp', friendly_name: `${name}` })).status === 200
      let count = 0
      while (count < 100 && (await add(count))) count++
      return count
    },
  },
  'MfaOptions.recoveryCodes': {
    async observe() {
      const make = async (mfa: MfaOptions): Promise<number> =>
        (await (await signedIn({ mfa })).ask('/factors/recovery-codes')).status
      return (await make({ recoveryCodes: true })) === 404 ? null : (await make({})) !== 404
    },
  },
}

/** Whom the scripted GoTrue lets in, and how, when it is told nothing. */
export const scriptedGoTruePeopleProbes: Readonly<Record<string, Probe>> = {
  ...addresses,
  ...others,
  ...factors,
}
