import type { GoTrueUser } from '../../providers/gotrue/index.js'
import { createNextSessionsWith } from '../create.js'
import type { NextFramework } from '../framework.js'
import type { NextSessions } from '../types.js'
import { gotrueOptions, type NextGoTrueOptions } from './options.js'

/** Makes the sessions of an app with GoTrue out of the parts of Next.js that they need. */
export function createNextGotrueWith(
  framework: NextFramework,
  options: NextGoTrueOptions = {},
): NextSessions<GoTrueUser> {
  const { world: _, ...sessions } = createNextSessionsWith<GoTrueUser>(framework, (shared) =>
    gotrueOptions(options, framework.env, shared),
  )
  return sessions
}
