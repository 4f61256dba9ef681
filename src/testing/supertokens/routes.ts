import { jsonAnswer, textAnswer } from './answers.js'
import type { CoreContext, Handler } from './context.js'
import {
  handlesOfUser,
  information,
  readData,
  remove,
  removeFirst,
  unknownUser,
  writeData,
} from './data-routes.js'
import { create, refresh } from './session-routes.js'
import { handshake, recipeHandshake } from './token-answers.js'
import { regenerate, verify } from './verify-routes.js'
import { atLeast } from './versions.js'

/**
 * What a request has found. `path` is without the base, which may name a tenant; the whole of it when
 * it is unknown.
 */
export type Found = { readonly path: string; readonly base: string } & (
  | { readonly type: 'unknown' }
  | { readonly type: 'wrong-method' }
  | { readonly type: 'operation'; readonly handler: Handler }
  | Plain
)

/** A path that is served whatever version is spoken. */
interface Plain {
  readonly type: 'plain'
  /** Whether it asks for the API key. */
  readonly guarded: boolean
  serve(context: CoreContext): Promise<Response>
}

/** Finds what serves a request. */
export interface Routes {
  find(method: string, pathname: string): Found
}

type Paths = Readonly<Record<string, Readonly<Record<string, Handler>>>>

const DATA = { GET: readData('userDataInDatabase'), PUT: writeData('userDataInDatabase') }
const JWT_DATA = { GET: readData('userDataInJWT'), PUT: writeData('userDataInJWT') }

const FIRST: Paths = {
  '/handshake': { POST: handshake },
  '/session': { POST: create, DELETE: removeFirst },
  '/session/refresh': { POST: refresh },
  '/session/verify': { POST: verify },
  '/session/user': { GET: handlesOfUser },
  '/session/data': DATA,
}

const SECOND: Paths = {
  ...FIRST,
  '/session': { POST: create },
  '/session/remove': { POST: remove },
  '/session/regenerate': { POST: regenerate },
  '/jwt/data': JWT_DATA,
}

const RECIPE: Paths = {
  '/recipe/session': { POST: create },
  '/recipe/session/refresh': { POST: refresh },
  '/recipe/session/verify': { POST: verify },
  '/recipe/session/regenerate': { POST: regenerate },
  '/recipe/session/remove': { POST: remove },
  '/recipe/session/user': { GET: handlesOfUser },
  '/recipe/session/data': DATA,
  '/recipe/jwt/data': JWT_DATA,
  '/user/id': { GET: unknownUser },
}

/** Since 2.8. */
const INFORMING: Paths = { '/recipe/session': { POST: create, GET: information } }
/** From 2.4 to 2.20. */
const SHAKING: Paths = { '/recipe/handshake': { POST: recipeHandshake } }

const hello: Plain = {
  type: 'plain',
  guarded: false,
  serve: async () => textAnswer(200, 'Hello'),
}

const apiVersion: Plain = {
  type: 'plain',
  guarded: true,
  serve: async ({ versions }) => jsonAnswer({ versions }),
}

const jwks: Plain = {
  type: 'plain',
  guarded: false,
  serve: async ({ keys }) => jsonAnswer(await keys.jwks()),
}

/** The operations of all versions that a core speaks. */
function pathsOf(versions: readonly string[]): Paths {
  const first = versions.some((version) => !atLeast(version, '2.0'))
  const second = versions.some((version) => atLeast(version, '2.0') && !atLeast(version, '2.4'))
  const recipe = versions.some((version) => atLeast(version, '2.4'))
  const informs = versions.some((version) => atLeast(version, '2.8'))
  const shakes = versions.some((version) => atLeast(version, '2.4') && !atLeast(version, '2.21'))
  const session = { ...(second && SECOND['/session']), ...(first && FIRST['/session']) }
  return {
    ...(first && FIRST),
    ...(second && SECOND),
    ...((first || second) && { '/session': session }),
    ...(recipe && RECIPE),
    ...(informs && INFORMING),
    ...(shakes && SHAKING),
  }
}

/**
 * All paths that any core has, the longest first: a base may end as a shorter path begins, and a
 * path that this core does not have is not to pass for a base and one that it has.
 */
const ALL_PATHS: readonly string[] = [
  ...Object.keys({ ...FIRST, ...SECOND, ...RECIPE, ...SHAKING }),
  ...['/hello', '/apiversion', '/.well-known/jwks.json'],
].sort((a, b) => b.length - a.length)

/** Makes the routes of a core. */
export function createRoutes(versions: readonly string[], apiVersionPath: boolean): Routes {
  const paths = pathsOf(versions)
  const plain: Readonly<Record<string, Plain>> = {
    '/hello': hello,
    ...(apiVersionPath && { '/apiversion': apiVersion }),
    ...(versions.some((version) => atLeast(version, '2.21')) && {
      '/.well-known/jwks.json': jwks,
    }),
  }
  return {
    find(method, pathname) {
      const path = ALL_PATHS.find((end) => pathname.endsWith(end)) ?? pathname
      const base = pathname.slice(0, -path.length)
      const open = plain[path]
      if (open) return { ...open, path, base }
      const methods = paths[path]
      if (!methods) return { type: 'unknown', path, base }
      const handler = methods[method]
      return handler
        ? { type: 'operation', handler, path, base }
        : { type: 'wrong-method', path, base }
    },
  }
}
