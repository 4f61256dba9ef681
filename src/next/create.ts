import type { NextFramework } from './framework.js'
import { type NextAuthOptions, readSettings } from './options.js'
import { createProxy } from './proxy.js'
import { createReaders } from './session.js'
import type { NextAuth, NextHandler } from './types.js'
import { createWorld, type World } from './world.js'

/** Passes the callback on to the backend, wherever WorkOS sends people back to. */
function createHandler(world: () => World): NextHandler {
  return async (request) => {
    const { backend, settings } = world()
    const url = new URL(request.url)
    const called = url.pathname === settings.redirectUri.pathname
    if (called) url.pathname = `${settings.basePath}/callback`
    const response = await backend.handle(called ? new Request(url, request) : request)
    return response ?? new Response(null, { status: 404 })
  }
}

/** Makes the sessions of an app out of the parts of Next.js that they need. */
export function createNextAuthWith(
  framework: NextFramework,
  options: NextAuthOptions = {},
): NextAuth {
  let made: World | undefined
  // Not before somebody asks: builds import the app without its environment.
  const world = (): World => {
    made ??= createWorld(readSettings(options, framework.env))
    return made
  }
  const handler = createHandler(world)
  return {
    ...createReaders({ framework, world }),
    proxy: (wanted = {}) => createProxy({ framework, world }, wanted),
    handlers: {
      GET: handler,
      HEAD: handler,
      POST: handler,
      PUT: handler,
      PATCH: handler,
      DELETE: handler,
      OPTIONS: handler,
    },
  }
}
