import type { OidcUser } from '../../providers/oidc/types.js'
import { createNextSessionsWith } from '../create.js'
import type { NextFramework } from '../framework.js'
import type { NextSessions } from '../types.js'
import { type NextOidcOptions, oidcOptions } from './options.js'

/** Makes the sessions of an app with an OpenID Connect server out of the parts of Next.js that they need. */
export function createNextOidcWith(
  framework: NextFramework,
  options: NextOidcOptions = {},
): NextSessions<OidcUser> {
  const { world: _, ...sessions } = createNextSessionsWith<OidcUser>(framework, (shared) =>
    oidcOptions(options, framework.env, shared),
  )
  return sessions
}
