import type { RequiredStep } from '../../core/errors.js'
import { asObject, text } from '../../providers/shared/json.js'
import { readOrganizations } from '../../providers/shared/steps.js'
import {
  type CookieJar,
  defineCookie,
  eraseCookie,
  readCookie,
  writeCookie,
} from '../cookies/cookies.js'
import { looksSealed, sealText, unsealText } from '../sealed/seal.js'
import type { SignInFlow, SignInFlowsOptions } from './flows.js'

/** An organization that somebody may choose. */
export type Organization = NonNullable<RequiredStep['organizations']>[number]

/** A sign-in that waits until somebody has chosen an organization. */
export interface Choice extends Pick<SignInFlow, 'returnTo' | 'redirectUri' | 'appState'> {
  /** With it the sign-in goes on. A secret. */
  readonly pendingAuthenticationToken: string
  readonly organizations: readonly Organization[]
}

/** Keeps the choice of one browser in a sealed cookie. A new sign-in takes the place of an old one. */
export interface Choices {
  /** @throws AuthError `invalid_argument` for more organizations than cookies can hold. */
  keep(choice: Choice, jar: CookieJar): Promise<readonly string[]>
  /** `null` when there is none, or it was too long ago. */
  find(jar: CookieJar): Promise<Choice | null>
  end(jar: CookieJar): readonly string[]
}

/** How long somebody may take to choose, in ms: as long as to sign in. */
const LIFETIME = 600_000

/** Whoever holds the password wrote it, but maybe as something else. */
function parseChoice(sealed: string): Choice | null {
  try {
    const fields = asObject(JSON.parse(sealed)) ?? {}
    const pendingAuthenticationToken = text(fields.pendingAuthenticationToken)
    const [returnTo, redirectUri] = [text(fields.returnTo), text(fields.redirectUri)]
    const organizations = readOrganizations(fields.organizations)
    if (!pendingAuthenticationToken || !returnTo || !redirectUri || !organizations) return null
    const appState = text(fields.appState)
    return { pendingAuthenticationToken, organizations, returnTo, redirectUri, appState }
  } catch {
    return null
  }
}

/** Makes the choices of one backend. @throws AuthError `invalid_argument` for wrong settings. */
export function createChoices({ password, secure, now }: SignInFlowsOptions): Choices {
  const name = `${secure ? '__Host-' : ''}holdfast-choice`
  const cookie = defineCookie({ name, secure, maxAge: LIFETIME })
  return {
    async keep(choice, jar) {
      const sealed = await sealText(JSON.stringify(choice), password, { ttl: LIFETIME, now })
      return writeCookie(cookie, sealed, jar)
    },
    async find(jar) {
      for (const value of readCookie(jar, name, looksSealed)) {
        const opened = await unsealText(value, password, { now })
        const choice = opened === null ? null : parseChoice(opened)
        if (choice) return choice
      }
      return null
    },
    end: (jar) => eraseCookie(cookie, jar),
  }
}
