'use client'

import { createElement as h, type ReactElement, useState } from 'react'
import type { SessionState } from '../bindings/types.js'
import type { Impersonator, SessionUser } from '../core/session.js'
import { useAuth } from './standard.js'

/** What the banner says. */
export interface ImpersonationTexts {
  /** What it is, for whoever hears the page. */
  readonly label: string
  /** Who acts as whom. */
  describe(impersonator: Impersonator, user: SessionUser | null): string
  /** Why, where the auth server says it. */
  reason(reason: string): string
  /** On the button. */
  readonly end: string
  /** When it could not be ended. */
  readonly failed: string
}

/** Properties of `Impersonation`. */
export interface ImpersonationProps {
  /**
   * Ends it, such as by a navigation to where the auth server forgets the session too:
   * `async () => location.assign(await auth.actions.signOut())`. Where it is left out, `signOut()` does.
   */
  readonly onEnd?: (() => unknown) | undefined
  /** In the language of your pages. @default in English */
  readonly texts?: Partial<ImpersonationTexts> | undefined
  /** Of the banner, which has no style of its own. @default none */
  readonly className?: string | undefined
}

const ENGLISH: ImpersonationTexts = {
  label: 'Impersonation',
  describe: ({ email }, user) => `${email} acts as ${user?.email ?? user?.id ?? 'this person'}.`,
  reason: (reason) => `Reason: ${reason}`,
  end: 'Stop impersonating',
  failed: 'That could not be ended. Try again.',
}

type Progress = 'idle' | 'ending' | 'failed'

/** What the banner reads from. */
type UseAuth = () => SessionState & { signOut(): Promise<unknown> }

/**
 * Makes the banner for hooks of one's own, such as those of `createAuthHooks`.
 * @example
 * ```ts
 * import { createAuthHooks } from 'holdfast/react'
 * import { createImpersonation } from 'holdfast/react/impersonation'
 *
 * export const { AuthProvider, useAuth } = createAuthHooks<typeof auth>()
 * export const Impersonation = createImpersonation(useAuth)
 * ```
 */
export function createImpersonation(
  use: UseAuth,
): (props: ImpersonationProps) => ReactElement | null {
  return function Impersonation({ onEnd, texts, className }) {
    const { session, user, signOut } = use()
    const [progress, setProgress] = useState<Progress>('idle')
    const impersonator = session?.impersonator
    if (!impersonator) return null
    const said = { ...ENGLISH, ...texts }
    const end = async (): Promise<void> => {
      setProgress('ending')
      try {
        await (onEnd ? onEnd() : signOut())
        setProgress('idle')
      } catch {
        setProgress('failed')
      }
    }
    const { reason } = impersonator
    return h(
      'section',
      { className, 'aria-label': said.label },
      h('p', null, said.describe(impersonator, user)),
      reason && h('p', null, said.reason(reason)),
      h('button', { type: 'button', onClick: end, disabled: progress === 'ending' }, said.end),
      progress === 'failed' && h('p', { role: 'alert' }, said.failed),
    )
  }
}

/**
 * Says on every page that somebody acts as the person who is signed in, who and why, with a button that ends it.
 * Nothing where nobody does.
 * @example
 * ```tsx
 * import { Impersonation } from 'holdfast/react/impersonation'
 *
 * export const Banner = () => <Impersonation onEnd={() => auth.signOut()} />
 * ```
 * @throws AuthError `invalid_argument` outside of `AuthProvider`.
 */
export const Impersonation: (props: ImpersonationProps) => ReactElement | null =
  createImpersonation(useAuth)
