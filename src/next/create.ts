import type { NextFramework } from './framework.js'
import { type NextAuthOptions, type NextAuthSettings, readSettings } from './options.js'
import { createProxy } from './proxy.js'
import { createReaders } from './session.js'
import type { NextAuth, NextHandler } from './types.js'
import { createWorld, type World } from './world.js'

/**
 * The path that the browser asked for. Where an app has a `basePath`, Next gives its handlers paths
 * without it, and tells them nothing of it (16.4, seen); each path that settings name has it in front.
 */
function asAsked(path: string, { basePath, redirectUri }: NextAuthSettings): string {
  for (const whole of [basePath, redirectUri.pathname]) {
    for (let at = 0; at >= 0; at = whole.indexOf('/', at + 1)) {
      const inner = whole.slice(at)
      if (path === inner || path.startsWith(`${inner}/`)) return whole + path.slice(inner.length)
    }
  }
  return path
}

/** Passes the callback on to the backend, wherever WorkOS sends people back to. */
function createHandler(world: () => World): NextHandler {
  return async (request) => {
    const { backend, settings } = world()
    const url = new URL(request.url)
    const asked = asAsked(url.pathname, settings)
    const called = asked === settings.redirectUri.pathname
    const path = called ? `${settings.basePath}/callback` : asked
    const isSame = path === url.pathname
    url.pathname = path
    const response = await backend.handle(isSame ? request : new Request(url, request))
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
