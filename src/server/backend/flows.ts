import { asObject } from '../../providers/shared/json.js'
import {
  type Cookie,
  type CookieJar,
  defineCookie,
  eraseCookie,
  readCookie,
  writeCookie,
} from '../cookies/cookies.js'
import { looksSealed, type Password, sealText, unsealText } from '../sealed/seal.js'

/** A sign-in that is under way: what its callback needs, and nobody else may know. */
export interface SignInFlow {
  /** Names it, by the challenge of its PKCE verifier: nobody can tell it beforehand. */
  readonly state: string
  readonly verifier: string
  /** A path of the app. */
  readonly returnTo: string
  /** Where the auth server was to send the browser back to: another one's answer comes elsewhere. */
  readonly redirectUri: string
  /** How long ago, in ms, the person may have proved who they are, where that was asked for. */
  readonly maxAge?: number | undefined
  /** Of which `acr` they are to be, and what the auth server is to say besides, where that was asked for. */
  readonly acrValues?: string | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** The text that the app wants to see again at its end. */
  readonly appState?: string | undefined
}

/** Keeps sign-ins that are under way in sealed cookies, one each. */
export interface SignInFlows {
  /**
   * The `Set-Cookie` values that keep `flow`, for ten minutes or for so many ms. The oldest of too many are
   * given up.
   */
  keep(flow: SignInFlow, jar: CookieJar, lifetime?: number): Promise<readonly string[]>
  /** The flow that this browser began under `state`; `null` when there is none, or it is too old. */
  find(state: string | null, jar: CookieJar): Promise<SignInFlow | null>
  /** The `Set-Cookie` values that erase a flow. */
  end(flow: SignInFlow, jar: CookieJar): readonly string[]
}

/** What flows are made of. */
export interface SignInFlowsOptions {
  readonly password: Password
  readonly secure: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** How long somebody may take to sign in, in ms; the codes of WorkOS live as long. */
const LIFETIME = 600_000
/** How many flows a browser may have at once: more cookies would be too large for a server. */
const MOST = 4

/** Marks a sign-in after which no other is begun where it is not known: it was the second try, or is by a link. */
export const AGAIN = 'again'

/** A SHA-256 in base64url, and the mark. */
const STATE: RegExp = new RegExp(`^[\\w-]{43}(\\.${AGAIN})?$`)

/** Whoever holds the password wrote it, but maybe as something else. */
function parseFlow(sealed: string): SignInFlow | null {
  try {
    const { state, verifier, returnTo, redirectUri, ...rest } = asObject(JSON.parse(sealed)) ?? {}
    const whole =
      typeof state === 'string' &&
      typeof verifier === 'string' &&
      typeof returnTo === 'string' &&
      typeof redirectUri === 'string'
    const maxAge = typeof rest.maxAge === 'number' ? rest.maxAge : undefined
    const appState = typeof rest.appState === 'string' ? rest.appState : undefined
    const acrValues = typeof rest.acrValues === 'string' ? rest.acrValues : undefined
    const claims = asObject(rest.claims) ?? undefined
    const proof = { maxAge, acrValues, claims }
    return whole ? { state, verifier, returnTo, redirectUri, ...proof, appState } : null
  } catch {
    return null
  }
}

/** Makes the flows of one backend. @throws AuthError `invalid_argument` for wrong settings. */
export function createSignInFlows({ password, secure, now }: SignInFlowsOptions): SignInFlows {
  const prefix = `${secure ? '__Host-' : ''}holdfast-flow-`
  const ours = new RegExp(`^${prefix}[\\w-]{16}$`)
  // Lax: the callback is a navigation that another site began.
  const cookieOf = (name: string, maxAge = LIFETIME): Cookie =>
    defineCookie({ name, secure, maxAge })
  const nameOf = (state: string): string => `${prefix}${state.slice(0, 16)}`

  return {
    async keep(flow, jar, lifetime = LIFETIME) {
      const sealed = await sealText(JSON.stringify(flow), password, { ttl: lifetime, now })
      // Browsers send the oldest first (RFC 6265 §5.4).
      const kept = [...jar.keys()].filter((name) => ours.test(name))
      const over = kept.slice(0, Math.max(0, kept.length - MOST + 1))
      return [
        ...over.flatMap((name) => eraseCookie(cookieOf(name), jar)),
        ...writeCookie(cookieOf(nameOf(flow.state), lifetime), sealed, jar),
      ]
    },
    async find(state, jar) {
      if (state === null || !STATE.test(state)) return null
      for (const value of readCookie(jar, nameOf(state), looksSealed)) {
        const text = await unsealText(value, password, { now })
        const flow = text === null ? null : parseFlow(text)
        if (flow?.state === state) return flow
      }
      return null
    },
    end: ({ state }, jar) => eraseCookie(cookieOf(nameOf(state)), jar),
  }
}
