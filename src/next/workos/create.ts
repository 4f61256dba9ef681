import { isAuthError } from '../../core/errors.js'
import type { WorkOSUser } from '../../providers/workos/types.js'
import { addressOf } from '../acts.js'
import { createNextSessionsWith } from '../create.js'
import type { NextFramework } from '../framework.js'
import { currentVisit } from '../visit.js'
import { type NextAuthOptions, workosOptions } from './options.js'
import type { NextAuth } from './types.js'

/** Makes the sessions of an app with WorkOS out of the parts of Next.js that they need. */
export function createNextAuthWith(
  framework: NextFramework,
  options: NextAuthOptions = {},
): NextAuth {
  const { world, ...sessions } = createNextSessionsWith<WorkOSUser>(framework, (shared) =>
    workosOptions(options, framework.env, shared),
  )
  return {
    ...sessions,
    async switchToOrganization(organizationId, { returnTo } = {}) {
      const wanted = { organizationId, ensureSignedIn: true } as const
      const info = await sessions.refreshSession(wanted).catch(async (error: unknown) => {
        if (!isAuthError(error, 'step_required')) throw error
        const { redirectUrl, email: loginHint } = error.details ?? {}
        const hints = { organizationId, returnTo, loginHint }
        return framework.redirect(redirectUrl ?? (await sessions.getSignInUrl(hints)))
      })
      if (returnTo === undefined) return info
      return framework.redirect(addressOf(world(), await currentVisit(framework), returnTo))
    },
    async getOrganizations() {
      const visit = await currentVisit(framework)
      const names = ['Cookie', 'Host', 'X-Forwarded-Host']
      const headers = names.flatMap((name): [string, string][] => {
        const value = name === 'Cookie' ? visit.cookie() : visit.header(name)
        return value ? [[name, value]] : []
      })
      return world().backend.organizationsOf(new Request('http://next.invalid/', { headers }))
    },
  }
}
