import type { SessionUser } from '../core/session.js'
import { answerRouter } from './ahead.js'
import type { RefreshSessionOptions } from './call-options.js'
import type { NextFramework } from './framework.js'
import type { NextSessionsSource, NextSettings } from './options.js'
import { createPagesSession } from './pages.js'
import { createProxy, sessionOf } from './proxy.js'
import { createReaders } from './session.js'
import { routeAt } from './slashes.js'
import type { NextHandler, NextSessions } from './types.js'
import { createWorld, type World } from './world.js'

/**
 * The path that the browser asked for. Where an app has a `basePath`, Next gives its handlers paths
 * without it, and tells them nothing of it (16.4, seen); each path that settings name has it in front.
 */
function asAsked<User extends SessionUser>(
  path: string,
  { basePath, places }: NextSettings<User>,
): string {
  for (const whole of [basePath, ...places.callbacks]) {
    for (let at = 0; at >= 0; at = whole.indexOf('/', at + 1)) {
      const inner = whole.slice(at)
      if (path === inner || path.startsWith(`${inner}/`)) return whole + path.slice(inner.length)
    }
  }
  return path
}

/** Passes requests on to the backend, by the addresses that browsers asked for. */
function createHandler<User extends SessionUser>(world: () => World<User>): NextHandler {
  return async (request) => {
    // First, for it tells a build that this route is nobody's in particular.
    const url = new URL(request.url)
    const { backend, settings } = world()
    const path = routeAt(backend, asAsked(url.pathname, settings))
    const isSame = path === url.pathname
    url.pathname = path
    // No route of the sign-in is a page that a router could have.
    const nothing = answerRouter(request)
    if (nothing) return nothing
    const response = await backend.handle(isSame ? request : new Request(url, request))
    return response ?? new Response(null, { status: 404 })
  }
}

/** Makes the sessions of an app out of the parts of Next.js that they need. */
export function createNextSessionsWith<User extends SessionUser>(
  framework: NextFramework,
  source: NextSessionsSource<User>,
): NextSessions<User, RefreshSessionOptions> & { world(): World<User> } {
  let made: World<User> | undefined
  // Not before somebody asks: builds import the app without its environment.
  const world = (): World<User> => {
    made ??= createWorld(source)
    return made
  }
  const handler = createHandler(world)
  return {
    ...createReaders({ framework, world }),
    proxy: (wanted = {}) => createProxy({ framework, world }, wanted),
    sessionOf: async (request) => sessionOf(world(), request),
    endSessions: async (which, options) => world().sessions.endSessions(which, options),
    pages: (request, response) => createPagesSession(world, request, response),
    handlers: {
      GET: handler,
      HEAD: handler,
      POST: handler,
      PUT: handler,
      PATCH: handler,
      DELETE: handler,
      OPTIONS: handler,
    },
    assertConfigured: () => void world(),
    world,
  }
}
