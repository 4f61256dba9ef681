import { leaveFor } from '../../environment/page.js'
import { OTP_TYPES } from '../../providers/gotrue/otp-types.js'
import type { Address, MessageReceipt, OtpType } from '../../providers/gotrue/types.js'
import { asObject, text } from '../../providers/shared/json.js'
import type { SignInApi } from './api.js'
import {
  AuthInvalidCredentialsError,
  AuthInvalidTokenResponseError,
  AuthPKCECodeVerifierMissingError,
  type WeakPasswordReasons,
} from './errors.js'
import { type Face, run } from './face.js'
import type * as Params from './parameters.js'
import { type Result, toResult } from './translate.js'
import { NOBODY, type Provider, type Session, type User, type WeakPassword } from './types.js'

// Loaded when somebody signs in.

interface Given {
  readonly email?: string
  readonly phone?: string
}

/** The address that was given. @throws AuthInvalidCredentialsError for none. */
function addressOf({ email, phone }: Given): Address {
  if (email && text(email)) return { email }
  if (phone && text(phone)) return { phone }
  throw new AuthInvalidCredentialsError('You must provide either an email or phone number.')
}

/** @throws AuthInvalidCredentialsError for no text. */
function passwordOf({ password }: { readonly password?: string }): string {
  if (password && text(password)) return password
  throw new AuthInvalidCredentialsError('You must provide a password.')
}

/** What goes to a phone is sent by SMS unless the app says otherwise. */
const channelOf = (
  { phone }: Given,
  channel: 'sms' | 'whatsapp' = 'sms',
): { channel?: 'sms' | 'whatsapp' } => (phone ? { channel } : {})

/** What a code was for. @throws AuthInvalidCredentialsError for what the server does not know. */
function otpType(type: string): OtpType {
  const known = OTP_TYPES.find((one) => one === type)
  if (known) return known
  throw new AuthInvalidCredentialsError(`\`type\` is one of ${OTP_TYPES.join(', ')}.`)
}

/** @throws AuthInvalidTokenResponseError where there is no session. */
export function signedIn(result: Result): { user: User; session: Session } {
  const { user, session } = toResult(result)
  if (!user || !session) throw new AuthInvalidTokenResponseError()
  return { user, session }
}

const isReason = (value: unknown): value is WeakPasswordReasons =>
  ['length', 'characters', 'pwned'].some((reason) => reason === value)

/** What the server said of a password that is weak, and that it took all the same. */
function weakness({ session }: Result): { weakPassword?: WeakPassword } {
  const said = asObject(session?.extras.weak_password)
  if (!said) return {}
  const { reasons, message } = said
  const known = Array.isArray(reasons) ? reasons.filter(isReason) : []
  return { weakPassword: { reasons: known, message: text(message) ?? '' } }
}

/** Registers somebody. */
async function signUp(
  { client, flow }: Face,
  given: Params.SignUpWithPasswordCredentials,
): Promise<{ user: User | null; session: Session | null }> {
  const credentials = { ...given }
  const { emailRedirectTo: redirectTo, data, captchaToken, channel } = { ...credentials.options }
  const password = passwordOf(credentials)
  const account = { ...addressOf(credentials), password, data: { ...data }, captchaToken }
  const way = { redirectTo, flow, ...channelOf(credentials, channel) }
  return toResult(await client.actions.signUp({ ...account, ...way }))
}

/** Signs in with a password. */
async function signInWithPassword(
  { client }: Face,
  given: Params.SignInWithPasswordCredentials,
): Promise<{ user: User; session: Session; weakPassword?: WeakPassword }> {
  const credentials = { ...given }
  const password = passwordOf(credentials)
  const { captchaToken } = { ...credentials.options }
  const result = await client.signIn({ ...addressOf(credentials), password, captchaToken })
  return { ...signedIn(result), ...weakness(result) }
}

/** Makes an account without an address. */
async function signInAnonymously(
  { client }: Face,
  credentials?: Params.SignInAnonymouslyCredentials,
): Promise<{ user: User | null; session: Session | null }> {
  const { data, captchaToken } = { ...credentials?.options }
  return toResult(await client.signIn({ anonymous: true, data: { ...data }, captchaToken }))
}

/** What a message that was sent looks like to auth-js. */
export const toSent = ({
  messageId,
}: MessageReceipt): { user: null; session: null; messageId?: string } => ({
  user: null,
  session: null,
  ...(messageId && { messageId }),
})

/** Sends a code or a link. */
async function signInWithOtp(
  { client, flow }: Face,
  given: Params.SignInWithPasswordlessCredentials,
): Promise<{ user: null; session: null; messageId?: string }> {
  const credentials = { ...given }
  const options: Params.MessageOptions = { ...credentials.options }
  const { shouldCreateUser: createUser = true, data, captchaToken } = options
  const { emailRedirectTo: redirectTo, channel } = options
  const way = { redirectTo, flow, ...channelOf(credentials, channel) }
  const wish = { ...addressOf(credentials), createUser, data: { ...data }, captchaToken }
  return toSent(await client.actions.sendOtp({ ...wish, ...way }))
}

/** Signs in with a code, or the hash of a link. */
async function verifyOtp(
  { client }: Face,
  given: Params.VerifyOtpParams,
): Promise<{ user: User | null; session: Session | null }> {
  const params = { ...given }
  const type = otpType(params.type)
  if ('token_hash' in params) {
    return toResult(await client.signIn({ tokenHash: params.token_hash, type }))
  }
  const { token: code, options } = params
  const proof = { ...addressOf(params), code, captchaToken: options?.captchaToken }
  return toResult(await client.signIn({ ...proof, type }))
}

/** Signs in with the token of another provider. */
async function signInWithIdToken(
  { client }: Face,
  credentials: Params.SignInWithIdTokenCredentials,
): Promise<{ user: User; session: Session }> {
  const { token: idToken, provider, access_token: accessToken, nonce, options } = { ...credentials }
  const { captchaToken } = { ...options }
  const proof = { ...(accessToken && { accessToken }), ...(nonce && { nonce }), captchaToken }
  return signedIn(await client.signIn({ idToken, provider, ...proof }))
}

/** Goes to another provider. */
async function signInWithOAuth(
  { client, flow }: Face,
  credentials: Params.SignInWithOAuthCredentials,
): Promise<{ provider: Provider; url: string }> {
  const { provider, options } = { ...credentials }
  if (!provider) throw new AuthInvalidCredentialsError('You must name a `provider`.')
  const { skipBrowserRedirect, ...way } = { ...options }
  const url = await client.actions.authorizeUrl({ provider, ...way, flow })
  if (!skipBrowserRedirect) leaveFor(url)
  return { provider, url }
}

/** Signs in with the code of a redirect. */
async function exchangeCodeForSession(
  { client }: Face,
  authCode: string,
): Promise<{ user: User; session: Session; redirectType: string | null }> {
  let redirectType: string | null = null
  const stop = client.onAuthStateChange((event) => {
    if (event === 'PASSWORD_RECOVERY') redirectType = 'recovery'
  })
  try {
    const url = `https://holdfast.invalid/?${new URLSearchParams({ code: authCode })}`
    const found = await client.actions.handleRedirect({ url })
    if (!found || found.ignored) throw new AuthPKCECodeVerifierMissingError()
    return { ...signedIn(found), redirectType }
  } finally {
    stop()
  }
}

/** The ways to sign in. */
export const signIns = (face: Face): SignInApi => ({
  signUp: (given) => run(face, () => signUp(face, given), NOBODY),
  signInWithPassword: (given) => run(face, () => signInWithPassword(face, given), NOBODY),
  signInAnonymously: (given) => run(face, () => signInAnonymously(face, given), NOBODY),
  signInWithOtp: (given) => run(face, () => signInWithOtp(face, given), NOBODY),
  verifyOtp: (given) => run(face, () => verifyOtp(face, given), NOBODY),
  signInWithIdToken: (given) => run(face, () => signInWithIdToken(face, given), NOBODY),
  signInWithOAuth: (given) =>
    run(face, () => signInWithOAuth(face, given), { provider: given?.provider, url: null }),
  exchangeCodeForSession: (code) =>
    run(face, () => exchangeCodeForSession(face, code), { ...NOBODY, redirectType: null }),
})
