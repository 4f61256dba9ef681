import { hears, says } from './differences.js'
import type { Row } from './rows.js'
import { ADA, type Side } from './stage.js'

const signIn = ({ auth }: Side) => auth.signInWithPassword(ADA)
const mfa = { mfa: { phone: true, recoveryCodes: true } }

const PHONE = { factorType: 'phone', phone: '+15550100' } as const

/** A verified factor of an authenticator app, and the session that it raised. */
async function raised(side: Side) {
  await signIn(side)
  const { data } = await side.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app' })
  const factorId = data?.id ?? ''
  const code = await side.server.totpCode(factorId)
  return { factorId, result: await side.auth.mfa.challengeAndVerify({ factorId, code }) }
}

const LOWERED = 'the session is refreshed after it: the server lowers it only then'

/** Second factors. */
export const FACTORS: readonly Row[] = [
  {
    promise: 'a factor is enrolled',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const enrolled = { factorType: 'totp', friendlyName: 'app', issuer: 'App' } as const
      const { data, error } = await side.auth.mfa.enroll(enrolled)
      const { totp, ...rest } = data ?? {}
      const isImage = totp?.qr_code.startsWith('data:image/svg+xml')
      return { rest, isImage, secret: totp?.secret.length, uri: totp?.uri.slice(0, 15), error }
    },
  },
  {
    promise: 'a phone is enrolled and asked',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.mfa.enroll({ ...PHONE, friendlyName: 'mine' })
      const asked = { factorId: data?.id ?? '', channel: 'sms' } as const
      return { data, challenge: await side.auth.mfa.challenge(asked) }
    },
  },
  {
    promise: 'a code raises the session: MFA_CHALLENGE_VERIFIED, and no TOKEN_REFRESHED',
    server: mfa,
    play: async (side) => (await raised(side)).result.data?.user.factors?.length,
  },
  {
    promise: 'a challenge is answered',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.mfa.enroll({ factorType: 'totp' })
      const factorId = data?.id ?? ''
      const challenge = await side.auth.mfa.challenge({ factorId })
      const challengeId = challenge.data?.id ?? ''
      const code = await side.server.totpCode(factorId)
      const { error } = await side.auth.mfa.verify({ factorId, challengeId, code })
      return { challenge, error, level: await side.auth.mfa.getAuthenticatorAssuranceLevel() }
    },
  },
  {
    promise: 'a wrong code does not',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.mfa.enroll({ factorType: 'totp' })
      return side.auth.mfa.challengeAndVerify({ factorId: data?.id ?? '', code: '000000' })
    },
  },
  {
    promise: 'factors are listed by their types',
    server: mfa,
    play: async (side) => {
      await raised(side)
      await side.auth.mfa.enroll(PHONE)
      return side.auth.mfa.listFactors()
    },
  },
  {
    promise: 'a factor is removed',
    server: mfa,
    play: async (side) => {
      const { factorId } = await raised(side)
      return side.auth.mfa.unenroll({ factorId })
    },
    differs: hears(LOWERED, (events) => [...events, 'TOKEN_REFRESHED with a session']),
  },
  {
    promise: 'nobody is sure of nobody',
    play: ({ auth }) => auth.mfa.getAuthenticatorAssuranceLevel(),
  },
  {
    promise: 'another factor is possible after a sign-in with a password',
    server: mfa,
    play: async (side) => {
      await raised(side)
      const { data } = await signIn(side)
      return [
        await side.auth.mfa.getAuthenticatorAssuranceLevel(),
        await side.auth.mfa.getAuthenticatorAssuranceLevel(data.session?.access_token),
      ]
    },
  },
  {
    promise: 'a password is not changed without the second factor',
    server: mfa,
    play: async (side) => {
      await raised(side)
      await signIn(side)
      return side.auth.updateUser({ password: 'another-1' })
    },
  },
  {
    promise: 'nobody enrols nothing',
    play: async ({ auth }) => {
      const { data, error } = await auth.mfa.enroll({ factorType: 'totp' })
      return { data, error: { name: error?.name, status: error?.status, code: error?.code } }
    },
    differs: says('without a session nothing is sent: AuthSessionMissingError', 'error', {
      name: 'AuthSessionMissingError',
      status: 400,
    }),
  },
  {
    promise: 'recovery codes are made, counted and spent',
    server: mfa,
    play: async (side) => {
      await raised(side)
      const codes = side.auth.mfa.recoveryCodes
      const { data } = await codes.generate()
      const code = data?.codes[0] ?? ''
      await signIn(side)
      const { error } = await codes.verify({ code })
      return { made: data?.codes.length, type: data?.type, error, left: await codes.getStatus() }
    },
  },
  {
    promise: 'recovery codes have the name and the number that the server gives them',
    server: mfa,
    play: async (side) => {
      await raised(side)
      const codes = side.auth.mfa.recoveryCodes
      const shown = ({ data, error }: Awaited<ReturnType<typeof codes.generate>>) => ({
        data: data && { ...data, codes: data.codes.length },
        error,
      })
      return [shown(await codes.generate()), shown(await codes.regenerate())]
    },
  },
  {
    promise: 'recovery codes get a name',
    server: mfa,
    play: async (side) => {
      await raised(side)
      const { data } = await side.auth.mfa.recoveryCodes.generate({ friendlyName: 'safe' })
      return data?.friendly_name
    },
  },
  {
    promise: 'recovery codes are removed',
    server: mfa,
    play: async (side) => {
      await raised(side)
      await side.auth.mfa.recoveryCodes.generate()
      return side.auth.mfa.recoveryCodes.unenroll()
    },
    differs: hears(LOWERED, (events) => [...events, 'TOKEN_REFRESHED with a session']),
  },
  {
    promise: 'factors without a name have an empty one',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.mfa.enroll({ factorType: 'totp' })
      const phone = await side.auth.mfa.enroll(PHONE)
      return { name: data?.friendly_name, phone: phone.data?.friendly_name }
    },
  },
  {
    promise: 'a challenge without a type, of a server of old, is one',
    server: mfa,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.mfa.enroll({ factorType: 'totp' })
      const body = JSON.stringify({ id: data?.id, expires_at: 1_795_833_300 })
      side.server.fail({ type: 'body', body }, { times: 1 })
      const { data: asked, error } = await side.auth.mfa.challenge({ factorId: data?.id ?? '' })
      return { ends: asked?.expires_at, id: asked?.id, error }
    },
  },
]

const linking = { manualLinking: true }

/** Accounts at other providers, and passkeys. */
export const IDENTITIES: readonly Row[] = [
  {
    promise: 'a link to another account is begun',
    server: linking,
    play: async (side) => {
      await signIn(side)
      const options = { redirectTo: 'http://app.test/', skipBrowserRedirect: true }
      const { data, error } = await side.auth.linkIdentity({ provider: 'github', options })
      return { provider: data.provider, isAddress: URL.canParse(data.url ?? ''), error }
    },
  },
  {
    promise: 'an account is linked by its id token',
    server: linking,
    play: async (side) => {
      await signIn(side)
      const token = await side.server.issueIdToken({ email: 'lena@example.com' })
      const { data, error } = await side.auth.linkIdentity({ provider: 'google', token })
      return { email: data.user?.email, type: data.session?.token_type, error }
    },
  },
  {
    promise: 'a link is refused where there are none',
    play: async (side) => {
      await signIn(side)
      const options = { skipBrowserRedirect: true }
      const { data, error } = await side.auth.linkIdentity({ provider: 'github', options })
      return { url: data.url, provider: data.provider, error }
    },
  },
  {
    promise: 'the last account cannot be taken away',
    server: linking,
    play: async (side) => {
      await signIn(side)
      const { data } = await side.auth.getUserIdentities()
      const [identity] = data?.identities ?? []
      return identity && side.auth.unlinkIdentity(identity)
    },
  },
  {
    promise: 'an account is taken away',
    server: linking,
    play: async (side) => {
      await signIn(side)
      const token = await side.server.issueIdToken({ email: 'lena@example.com' })
      await side.auth.linkIdentity({ provider: 'google', token })
      const { data } = await side.auth.getUserIdentities()
      const google = data?.identities.find(({ provider }) => provider === 'google')
      return google && side.auth.unlinkIdentity(google)
    },
    differs: hears('the user is read anew: USER_UPDATED', (events) => [
      ...events,
      'USER_UPDATED with a session',
    ]),
  },
  {
    promise: 'passkeys are listed',
    server: { passkeys: { rpId: 'localhost', origins: ['http://localhost'] } },
    play: async (side) => {
      await signIn(side)
      return side.auth.passkey.list()
    },
  },
  {
    promise: 'passkeys are refused where there are none',
    play: async (side) => {
      await signIn(side)
      return side.auth.passkey.delete({ passkeyId: 'ee8c66ae-60d6-4cb6-b2f0-5e2b3ed34c34' })
    },
  },
]
