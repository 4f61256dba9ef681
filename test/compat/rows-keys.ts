import { vi } from 'vitest'
import { PATIENT } from '../support/patient.js'
import { says } from './differences.js'
import type { Row } from './rows.js'
import { ADA, type Called, call, type Side } from './stage.js'

const HERE = { href: 'http://localhost/settings' }
const ORIGIN = 'http://localhost'
const SITE = { rpId: 'localhost', rpOrigins: [ORIGIN] }
const server = {
  mfa: { webauthn: { rpId: 'localhost', rpName: 'App', origins: [ORIGIN] } },
  passkeys: { rpId: 'localhost', rpName: 'App', origins: [ORIGIN] },
}

const signIn = ({ auth }: Side) => auth.signInWithPassword(ADA)
const keys = ({ auth }: Side, method: string, ...given: unknown[]): Promise<Called> =>
  call(auth, `mfa.webauthn.${method}`, ...given)

/** What a result has at a path. */
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((part, name) => Object(part)[name], value)

/** What the browser was asked for, without what differs from server to server. */
const asked = ({ page }: Side): unknown =>
  page?.asked.map(({ ceremony, json, mediation }) => ({
    ceremony,
    mediation,
    json: JSON.parse(JSON.stringify(json).replace(/"[\w-]{40,}"/g, '"…"')),
  }))

/** The pages that a key is for, as the server was told, and what it is shown. */
const sites = ({ sent }: Side): readonly unknown[] =>
  sent.flatMap((body) => {
    const { webauthn } = Object(body)
    return webauthn
      ? [{ ...webauthn, credential_response: typeof webauthn.credential_response }]
      : []
  })

/** What an app can tell a failure by. Messages may differ. */
const told = ({ data, error }: Called): unknown => ({
  data: Object.keys(data),
  name: at(error, 'name'),
  code: at(error, 'code'),
  status: at(error, 'status'),
})

const platformError = (name: string): Error => Object.assign(new Error('As it says.'), { name })

/** Somebody with a security key, and one that waits for its first proof, signed in by the password alone. */
async function withKey(
  side: Side,
): Promise<{ readonly factorId: unknown; readonly open: unknown }> {
  await signIn(side)
  await keys(side, 'register', { friendlyName: 'key' })
  const { data: open } = await keys(side, 'enroll', { friendlyName: 'other' })
  await signIn(side)
  const { data } = await side.auth.mfa.listFactors()
  return { factorId: data?.webauthn[0]?.id, open: open.id }
}

const level = ({ auth }: Side) => auth.mfa.getAuthenticatorAssuranceLevel()
const factors = async ({ auth }: Side) =>
  (await auth.mfa.listFactors()).data?.all.map(({ status }) => status)

/** Until the browser has been asked so often. */
async function prompts(side: Side, count: number): Promise<void> {
  await vi.waitUntil(() => side.page?.asked.length === count, PATIENT)
}

/** Which requests were made about factors. */
const requests = ({ server: { requests: log } }: Side): unknown =>
  log
    .filter(({ path }) => path.startsWith('/factors') || path.startsWith('/passkeys'))
    .map(({ method, path, status }) => `${method} ${path.replace(/[\da-f-]{36}/, 'id')} ${status}`)

/** Security keys as second factors. */
export const KEYS: readonly Row[] = [
  {
    promise: 'a key is enrolled, asked, made and shown, step by step',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const enrolled = await keys(side, 'enroll', { friendlyName: 'key' })
      const factorId = enrolled.data.id
      const challenge = await keys(side, 'challenge', { factorId, webauthn: SITE })
      const { challengeId, webauthn } = challenge.data
      const shown = { factorId, challengeId, webauthn: { ...SITE, ...Object(webauthn) } }
      const { error } = await keys(side, 'verify', shown)
      const answer = {
        ...Object(webauthn),
        credential_response: typeof at(webauthn, 'credential_response'),
      }
      return {
        enrolled,
        answer,
        same: challenge.data.factorId === factorId,
        error,
        level: await level(side),
        asked: asked(side),
        requests: requests(side),
      }
    },
  },
  {
    promise: 'a key is enrolled, asked, made and shown, by mfa alone',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const key = { factorType: 'webauthn', friendlyName: 'key' }
      const enrolled = await call(side.auth, 'mfa.enroll', key)
      const factorId = enrolled.data.id
      const challenge = await call(side.auth, 'mfa.challenge', { factorId, webauthn: SITE })
      const publicKey = at(challenge.data, 'webauthn', 'credential_options', 'publicKey')
      const { create } = navigator.credentials
      const credential_response = await Reflect.apply(create, undefined, [{ publicKey }])
      const { error } = await call(side.auth, 'mfa.verify', {
        factorId,
        challengeId: challenge.data.id,
        webauthn: { ...SITE, type: 'create', credential_response },
      })
      const { id, expires_at, type } = challenge.data
      const challenged = { id, expires_at, type, kind: at(challenge.data, 'webauthn', 'type') }
      return { enrolled, challenged, error, level: await level(side), asked: asked(side) }
    },
  },
  {
    promise: 'a key is registered, which raises the session',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const { data, error } = await keys(side, 'register', { friendlyName: 'key' })
      const type = data.token_type
      return { type, error, level: await level(side), asked: asked(side), requests: requests(side) }
    },
  },
  {
    promise: 'a key is proved, which raises the session',
    server,
    page: HERE,
    play: async (side) => {
      const { factorId } = await withKey(side)
      const before = await level(side)
      const { data, error } = await keys(side, 'authenticate', { factorId })
      const type = data.token_type
      const to = { sites: sites(side), asked: asked(side) }
      return { before, type, error, level: await level(side), ...to }
    },
  },
  {
    promise: 'a page on another host than its credentials names theirs',
    server: { mfa: { webauthn: { ...server.mfa.webauthn, origins: ['http://app.localhost'] } } },
    page: { href: 'http://app.localhost/settings' },
    play: async (side) => {
      await signIn(side)
      const { error } = await keys(side, 'register', {
        friendlyName: 'key',
        webauthn: {
          rpId: 'localhost',
          rpOrigins: ['http://app.localhost', 'http://www.localhost'],
        },
      })
      return { error, asked: asked(side), sites: sites(side) }
    },
  },
  {
    promise: 'the app has its own wishes of a browser',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const selection = { authenticatorAttachment: 'platform', userVerification: 'required' }
      const creation = { hints: ['client-device'], authenticatorSelection: selection }
      await keys(side, 'register', { friendlyName: 'key' }, { ...creation, attestation: 'none' })
      await signIn(side)
      const { data } = await side.auth.mfa.listFactors()
      const factorId = data?.webauthn[0]?.id
      await keys(side, 'authenticate', { factorId }, { userVerification: 'required', hints: [] })
      const given = { factorId, webauthn: SITE }
      await keys(side, 'challenge', given, { request: { userVerification: 'discouraged' } })
      return asked(side)
    },
  },
  {
    promise: 'a key of a name that waits elsewhere frees the name for the next try',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      await keys(side, 'enroll', { friendlyName: 'key' })
      const first = told(await keys(side, 'register', { friendlyName: 'key' }))
      const { error } = await keys(side, 'register', { friendlyName: 'key' })
      return { first, error, factors: await factors(side) }
    },
  },
  {
    promise: 'a key of a name that is in use stays, and its name is refused',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      await keys(side, 'register', { friendlyName: 'key' })
      const again = told(await keys(side, 'register', { friendlyName: 'key' }))
      return { again, factors: await factors(side) }
    },
  },
  {
    promise: 'a key that waits for its first proof is forgotten',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      side.page?.refuseWith(platformError('NotAllowedError'))
      await keys(side, 'register', { friendlyName: 'key' })
      return factors(side)
    },
    differs: says('a registration of a security key that nobody finishes is taken back', '', []),
  },
  {
    promise: 'a prompt ends the one before it, but none that has a signal of the app’s',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const { data } = await keys(side, 'enroll', { friendlyName: 'key' })
      const given = { factorId: data.id, webauthn: SITE }
      const own = new AbortController()
      side.page?.wait(true)
      const first = keys(side, 'challenge', given)
      await prompts(side, 1)
      const second = keys(side, 'challenge', { ...given, signal: own.signal })
      await prompts(side, 2)
      const isOpen = !side.page?.asked[0]?.signal.aborted
      side.page?.wait(false)
      const { error } = await keys(side, 'challenge', given)
      const ended = told(await first)
      own.abort(platformError('AbortError'))
      return { isOpen, ended, second: told(await second), error }
    },
  },
  {
    promise: 'nobody has a key',
    server,
    page: HERE,
    play: async (side) =>
      told(
        await keys(side, 'verify', {
          factorId: 'f',
          challengeId: 'c',
          webauthn: { ...SITE, type: 'request', credential_response: { toJSON: () => ({}) } },
        }),
      ),
    differs: says('without a session nothing is sent: AuthSessionMissingError', '', {
      data: [],
      name: 'AuthSessionMissingError',
      status: 400,
    }),
  },
  ...['register', 'authenticate'].map((method) => ({
    promise: `without a page nobody can say where: ${method}`,
    server,
    play: async (side: Side) => {
      await signIn(side)
      return told(await keys(side, method, { friendlyName: 'key', factorId: 'f' }))
    },
  })),
  ...['register', 'authenticate'].map((method) => ({
    promise: `a browser without WebAuthn is told before anything is sent: ${method}`,
    server,
    page: { ...HERE, webauthn: false },
    play: async (side: Side) => {
      await signIn(side)
      const error = told(await keys(side, method, { friendlyName: 'key', factorId: 'f' }))
      return { error, requests: requests(side) }
    },
  })),
]

const REFUSALS: readonly (readonly [name: string, wishes?: object])[] = [
  ['NotAllowedError'],
  ['AbortError'],
  ['InvalidStateError'],
  ['ConstraintError'],
  ['ConstraintError', { authenticatorSelection: { requireResidentKey: true } }],
  ['ConstraintError', { authenticatorSelection: { userVerification: 'required' } }],
  ['NotSupportedError'],
  ['NotSupportedError', { pubKeyCredParams: [] }],
  ['SecurityError'],
  ['SecurityError', { rp: { id: 'other.example' }, rpId: 'other.example' }],
  ['TypeError'],
  ['UnknownError'],
  ['SomeOtherError'],
]

/** What browsers say when nobody proves anything. */
export const PROMPTS: readonly Row[] = [
  ...REFUSALS.map(([name, wishes = {}]) => ({
    promise: `a browser’s ${name} has a name and a code, ${JSON.stringify(wishes)}`,
    server,
    page: HERE,
    play: async (side: Side) => {
      const { factorId, open } = await withKey(side)
      side.page?.refuseWith(platformError(name))
      const create = { factorId: open, webauthn: SITE }
      return [
        told(await keys(side, 'challenge', create, { create: wishes })),
        told(await keys(side, 'challenge', { factorId, webauthn: SITE }, { request: wishes })),
      ]
    },
  })),
  {
    promise: 'a page at an address of a machine is no place for credentials',
    server,
    page: { href: 'http://127.0.0.1/settings' },
    play: async (side) => {
      await signIn(side)
      const { data } = await keys(side, 'enroll', { friendlyName: 'key' })
      side.page?.refuseWith(platformError('SecurityError'))
      return told(await keys(side, 'challenge', { factorId: data.id, webauthn: SITE }))
    },
  },
]

/** Passkeys in a browser. */
export const PASSKEYS: readonly Row[] = [
  {
    promise: 'a passkey is made, signs in, and the list says when',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const made = await call(side.auth, 'registerPasskey')
      await side.auth.signOut()
      const { data, error } = await call(side.auth, 'signInWithPasskey')
      const listed = await call(side.auth, 'passkey.list')
      return { made, email: at(data, 'user', 'email'), error, listed, asked: asked(side) }
    },
  },
  {
    promise: 'a passkey is offered where names are typed',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      await call(side.auth, 'registerPasskey')
      const { error } = await call(side.auth, 'signInWithPasskey', {
        options: { mediation: 'conditional', captchaToken: 'a human' },
      })
      return { error, asked: asked(side) }
    },
  },
  {
    promise: 'a passkey is made and signs in, step by step',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const { create, get } = navigator.credentials
      const parse = PublicKeyCredential.parseCreationOptionsFromJSON
      const prove = async (ask: unknown, json: unknown) =>
        JSON.parse(
          JSON.stringify(
            await Reflect.apply(Object(ask), undefined, [
              { publicKey: Reflect.apply(parse, undefined, [json]) },
            ]),
          ),
        )
      const start = await call(side.auth, 'passkey.startRegistration')
      const made = await call(side.auth, 'passkey.verifyRegistration', {
        challengeId: start.data.challenge_id,
        credential: await prove(create, start.data.options),
      })
      await side.auth.signOut()
      const begun = await call(side.auth, 'passkey.startAuthentication')
      const { data, error } = await call(side.auth, 'passkey.verifyAuthentication', {
        challengeId: begun.data.challenge_id,
        credential: await prove(get, begun.data.options),
      })
      const email = at(data, 'user', 'email')
      return { made, ends: begun.data.expires_at, email, error, asked: asked(side) }
    },
  },
  {
    promise: 'a challenge that there is not is refused',
    server,
    page: HERE,
    play: async (side) => {
      await signIn(side)
      const given = { challengeId: '4b4e7e6c-8f0f-4e0e-9d6a-0d1a6e2c9d1b', credential: { id: 'x' } }
      return [
        await call(side.auth, 'passkey.verifyRegistration', given),
        await call(side.auth, 'passkey.verifyAuthentication', given),
      ]
    },
  },
  ...['signInWithPasskey', 'registerPasskey'].map((method) => ({
    promise: `a person who does not agree has no passkey: ${method}`,
    server,
    page: HERE,
    play: async (side: Side) => {
      await signIn(side)
      side.page?.refuseWith(platformError('NotAllowedError'))
      const refused = told(await call(side.auth, method))
      side.page?.refuseWith(platformError('AbortError'))
      return [refused, told(await call(side.auth, method))]
    },
  })),
  ...['signInWithPasskey', 'registerPasskey'].map((method) => ({
    promise: `a browser without WebAuthn is told before anything is sent: ${method}`,
    server,
    page: { ...HERE, webauthn: false },
    play: async (side: Side) => {
      await signIn(side)
      return { error: told(await call(side.auth, method)), requests: requests(side) }
    },
  })),
  ...['startRegistration', 'verifyRegistration'].map((method) => ({
    promise: `nobody has a passkey made: ${method}`,
    server,
    play: ({ auth }: Side) => call(auth, `passkey.${method}`, { challengeId: 'c', credential: {} }),
  })),
]
