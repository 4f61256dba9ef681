/** Not run: it compiles. Code as Supabase's guides have it, with auth-js's face for `supabase.auth`. */

import type {
  EmailOtpType,
  AuthApiError as TheirApiError,
  UserIdentity as TheirIdentity,
  Session as TheirSession,
  Subscription as TheirSubscription,
  GoTrueClient as Theirs,
  User as TheirUser,
  UserResponse,
} from '@supabase/auth-js'
import { createClient } from '@supabase/supabase-js'
import {
  AuthApiError,
  AuthClient,
  type AuthError,
  type GoTrueClientOptions,
  isAuthApiError,
  isAuthRetryableFetchError,
  isAuthWeakPasswordError,
  type Session,
  type User,
} from '../../src/compat/auth-js/index.js'

/** The result of a method, without the error, which is a class of each library. */
type Data<Method> = Method extends (...given: never) => Promise<infer Result>
  ? Omit<Result, 'error'> extends { data: infer Its }
    ? Its
    : Omit<Result, 'error'>
  : never

/** The methods of an object, but for those that are auth-js's own business. */
type Methods<Api> = {
  [Name in keyof Api & string]: Api[Name] extends (...given: never) => unknown
    ? Name extends `_${string}`
      ? never
      : Name
    : never
}[keyof Api & string]

type Params<Method> = Method extends (...given: infer Given) => unknown ? Given : never

/** Every name that data, or what lies in it, may have. */
type Names<Value> = Value extends string ? never : Value extends object ? keyof Value : never
type Deep<Value> = Value extends object
  ? Names<Value> | { [Name in keyof Value]: Names<Value[Name]> }[keyof Value]
  : never

/**
 * What is not so, by name: whatever auth-js takes is taken here, what comes back is what auth-js gives,
 * and no name of auth-js's is missing in it.
 */
type Differences<Their, Our> = {
  [Name in Methods<Their>]: Name extends keyof Our
    ?
        | (Params<Their[Name]> extends Params<Our[Name]> ? never : `${Name} takes less`)
        | (Data<Our[Name]> extends Data<Their[Name]> ? never : `${Name} gives something else`)
        | (Deep<Data<Their[Name]>> extends Deep<Data<Our[Name]>> ? never : `${Name} gives less`)
    : `${Name} is missing`
}[Methods<Their>]

type Mfa = Theirs['mfa']
type AllDifferences =
  | Differences<Theirs, AuthClient>
  | `mfa.${Differences<Mfa, AuthClient['mfa']>}`
  | `mfa.webauthn.${Differences<Mfa['webauthn'], AuthClient['mfa']['webauthn']>}`
  | `mfa.recoveryCodes.${Differences<Mfa['recoveryCodes'], AuthClient['mfa']['recoveryCodes']>}`
  | `passkey.${Differences<Theirs['passkey'], AuthClient['passkey']>}`
  | `oauth.${Differences<Theirs['oauth'], AuthClient['oauth']>}`

/** auth-js says that credentials have functions which are the class's, and which no browser gives them. */
type Meant = 'mfa.webauthn.challenge gives something else'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
/** What differs and is not meant is named in the error, and so is what no longer differs. */
export const differences: { readonly [Each in AllDifferences | Meant]: Same<Each, Meant> } = {
  'mfa.webauthn.challenge gives something else': true,
}

const auth = new AuthClient({
  url: 'https://project.example/auth/v1',
  headers: { apikey: 'public-anon-key' },
  storageKey: 'sb-project-auth-token',
  detectSessionInUrl: true,
  autoRefreshToken: true,
  persistSession: true,
  storage: globalThis.localStorage,
  flowType: 'pkce',
  debug: (message, ...rest) => void [message, rest],
  lock: async (_name: string, _timeout: number, work: () => Promise<unknown>) => work(),
  throwOnError: false,
})

/** The options of an app that has a type for them. */
export const options = (theirs: ConstructorParameters<typeof Theirs>[0]): GoTrueClientOptions =>
  theirs

/** Two lines of an app of supabase-js change: its tokens, and its `auth`. */
export const supabase = Object.assign(
  createClient('https://project.example', 'public-anon-key', {
    accessToken: auth.client.getAccessToken,
  }),
  { auth },
)

declare function setSession(session: TheirSession | null): void
declare function setUser(user: TheirUser | null): void
declare function show(text: string): void

/** The guide of React. */
export function useSession(): () => void {
  auth.getSession().then(({ data: { session } }) => setSession(session))
  const {
    data: { subscription },
  } = auth.onAuthStateChange((_event, session) => {
    setSession(session)
  })
  const theirs: TheirSubscription = subscription
  return () => theirs.unsubscribe()
}

/** The guide of passwords. */
export async function passwords(email: string, password: string): Promise<Session | null> {
  const { data, error } = await auth.signUp({
    email,
    password,
    options: { data: { first_name: 'Ada', age: 27 }, emailRedirectTo: 'https://app.example' },
  })
  if (isAuthWeakPasswordError(error)) show(error.reasons.join())
  if (isAuthApiError(error) && error.status === 422) show(`${error.code} ${error.message}`)
  if (error) throw error
  const { session }: { session: TheirSession | null } = data
  setUser(data.user)
  const signedIn = await auth.signInWithPassword({ email, password })
  if (signedIn.error) return session
  const user: TheirUser = signedIn.data.user
  show(user.user_metadata.first_name)
  show(signedIn.data.session.access_token)
  await auth.resetPasswordForEmail(email, { redirectTo: 'https://app.example/update-password' })
  await auth.updateUser({ password: 'new', data: { hello: 'world' } })
  return signedIn.data.session
}

/** The guide of the server side: a route that confirms a mail. */
export async function confirm(token_hash: string, type: EmailOtpType): Promise<boolean> {
  const { error } = await auth.verifyOtp({ type, token_hash })
  if (!error) return true
  const caught: AuthError = error
  show(caught.name)
  return caught instanceof AuthApiError || isAuthRetryableFetchError(caught)
}

/** The guides of codes, of other providers and of identities. */
export async function others(): Promise<void> {
  const { data, error } = await auth.signInWithOtp({ phone: '+13334445555' })
  if (!error) show(data.messageId ?? '')
  const oauth = await auth.signInWithOAuth({
    provider: 'google',
    options: { queryParams: { access_type: 'offline', prompt: 'consent' } },
  })
  if (oauth.data.url) show(oauth.data.url)
  const { data: identities } = await auth.getUserIdentities()
  const google = identities?.identities.find(({ provider }) => provider === 'google')
  const theirs: TheirIdentity | undefined = google
  show(theirs?.identity_id ?? '')
  const { data: claims } = await auth.getClaims()
  show(claims?.claims.email ?? '')
  const session = await auth.exchangeCodeForSession('code')
  if (!session.error) setSession(session.data.session)
  const response: UserResponse['data'] = (await auth.getUser()).data
  const { data: current } = await auth.getUser()
  const mine: User | null = current.user
  setUser(mine ?? response.user)
  await auth.signOut({ scope: 'local' })
}

/** The guide of WebAuthn, step by step and in one. */
export async function keys(friendlyName: string): Promise<void> {
  const { data: factor } = await auth.mfa.enroll({ factorType: 'webauthn', friendlyName })
  if (!factor) return
  const site = { rpId: location.hostname, rpOrigins: [location.origin] }
  const { data: asked } = await auth.mfa.webauthn.challenge({
    factorId: factor.id,
    webauthn: site,
  })
  if (!asked) return
  const { factorId, challengeId, webauthn } = asked
  const shown = { factorId, challengeId, webauthn: { ...site, ...webauthn } }
  const { data, error } = await auth.mfa.webauthn.verify(shown)
  if (error) show(error.message)
  else show(data.access_token)
  const { data: challenge } = await auth.mfa.challenge({ factorId, webauthn: site })
  if (challenge?.webauthn.type === 'create') {
    const { publicKey } = challenge.webauthn.credential_options
    const made = await navigator.credentials.create({ publicKey })
    if (made instanceof PublicKeyCredential) {
      const response = { type: 'create', credential_response: made } as const
      await auth.mfa.verify({
        factorId,
        challengeId: challenge.id,
        webauthn: { ...site, ...response },
      })
    }
  }
  await auth.mfa.webauthn.register({ friendlyName, webauthn: { signal: AbortSignal.timeout(1) } })
  const proved = await auth.mfa.webauthn.authenticate(
    { factorId },
    { userVerification: 'required' },
  )
  if (proved.error?.name === 'NotAllowedError') show('Nobody agreed.')
}

/** The guide of passkeys, for an app that asks the browser itself. */
export async function passkeySteps(): Promise<void> {
  const { data: start } = await auth.passkey.startRegistration()
  if (!start) return
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(start.options)
  const made = await navigator.credentials.create({ publicKey })
  if (!(made instanceof PublicKeyCredential)) return
  const credential = made.toJSON()
  await auth.passkey.verifyRegistration({ challengeId: start.challenge_id, credential })
}

/** A helper that takes errors of either library. */
export const describe = (error: AuthError): string => `${error.status} ${error.code}`
export const both = (theirs: TheirApiError): string => describe(theirs)
