import type { NextFramework } from '../framework.js'
import { createSuperTokensHandlers } from './handlers.js'
import { createSuperTokensProxy } from './proxy.js'
import type { NextSuperTokens, NextSuperTokensOptions } from './types.js'
import { createSuperTokensWorld, type SuperTokensWorld } from './world.js'

/** Makes the sessions of an app with SuperTokens out of the parts of Next.js that they need. */
export function createNextSuperTokensWith(
  framework: NextFramework,
  options: NextSuperTokensOptions,
): NextSuperTokens {
  let made: SuperTokensWorld | undefined
  // Not before somebody asks: builds import the app without its environment.
  const world = (): SuperTokensWorld => {
    made ??= createSuperTokensWorld(options)
    return made
  }
  return {
    async getSession(wanted) {
      // First, for it tells a build that this page is nobody's in particular.
      await framework.connection()
      // The app's `transfer` may want any of them. Those with a colon are HTTP/2's own.
      const sent = [...(await framework.headers())].filter(([name]) => !name.startsWith(':'))
      return world().sessions.getSessionForRendering(new Headers(sent), wanted)
    },
    withSession:
      (handler, wanted) =>
      async (request, ...rest) => {
        // First, for it tells a build that this route is nobody's in particular.
        void request.headers
        return world().sessions.withSession(handler, wanted)(request, ...rest)
      },
    sessions: () => world().sessions,
    assertConfigured: () => void world(),
    handlers: createSuperTokensHandlers(world),
    proxy: (wanted = {}) => createSuperTokensProxy({ framework, world }, wanted),
  }
}
