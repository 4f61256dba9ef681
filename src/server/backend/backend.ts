import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import type { SignInHints } from '../../providers/backend/types.js'
import { checkPassword } from '../sealed/seal.js'
import { type Problem, refuse } from './answers.js'
import { createEndingRoutes } from './ending-routes.js'
import { createSignInFlows } from './flows.js'
import { answerPreflight, type Callers, refuseBackground, refuseStranger, share } from './guard.js'
import { checkHints } from './hints.js'
import { createListRoutes } from './list-routes.js'
import { checkBackendOptions } from './options.js'
import { createOrganizationChoice } from './organization-routes.js'
import { createPlaces, type Places } from './places.js'
import { createProxy } from './proxy.js'
import { createRouteTools } from './route-tools.js'
import { createSessionRoutes } from './session-routes.js'
import { createSignInEnd } from './sign-in-end.js'
import { createSignInFailure } from './sign-in-failure.js'
import { createSignInRoutes } from './sign-in-routes.js'
import type { Backend, BackendOptions, Call, Handler } from './types.js'

/** RFC 9110 §15.5.20. */
const MISDIRECTED: Problem = {
  status: 421,
  code: 'forbidden',
  message: 'This server answers under the hosts of its `redirectUris` only.',
}

const taken = (path: string): AuthError =>
  new AuthError(
    'invalid_argument',
    `\`${path}\` is a route of the backend: give createDeviceBinding() another \`path\`.`,
  )

async function serve({ methods, by, run }: Handler, call: Call, callers: Callers) {
  const { request } = call
  if (methods && !methods.includes(request.method)) {
    const message = `Use ${methods.join(' or ')}.`
    return refuse({ status: 405, code: 'method_not_allowed', message, allow: methods })
  }
  const problem = {
    page: () => refuseStranger(request, callers),
    navigation: () => refuseBackground(request),
    anyone: () => null,
  }[by]()
  return problem ? refuse(problem) : run(call)
}

/** What all routes work on: the options with nothing left to default, and where the backend is. */
interface Shared<User extends SessionUser>
  extends Omit<BackendOptions<User>, keyof Places | keyof Settled>,
    Places,
    Settled {}

/** Options with a default, which they have by now. */
interface Settled {
  readonly crossSiteHints: readonly (keyof SignInHints)[]
  readonly exposeAccessToken: boolean
  report(error: unknown): void
  now(): number
}

/** Makes what answers to each path beneath the backend's own, and what asks for an organization. */
function createRoutes<User extends SessionUser>(shared: Shared<User>) {
  const end = createSignInEnd<User>(shared)
  const fail = createSignInFailure<User>(shared)
  const choice = createOrganizationChoice<User>({ ...shared, end, fail })
  const deps = { ...shared, flows: createSignInFlows(shared), end, fail, choice }
  const routes: Readonly<Record<string, Handler>> = {
    ...shared.signIn?.routes?.(createRouteTools<User>(deps)),
    ...createSessionRoutes<User>(shared),
    ...createListRoutes<User>(shared),
    ...createSignInRoutes<User>(deps),
    ...createEndingRoutes<User>(shared),
    ...choice?.routes,
  }
  return { routes, choice }
}

/**
 * Makes a backend for a frontend: pages sign in, learn who is signed in and call APIs through it,
 * and never see a token. It answers `GET /session`, `POST /refresh`, `POST /sign-out`,
 * `GET /sign-in`, `/sign-up` and `/callback`, and everything beneath `/proxy/<upstream>`; where the sessions have a `list`,
 * `GET /sessions` and `POST /sessions/end` say where somebody is signed in, and end one of these; with an
 * `organizationPage` `GET /organizations` and `/organization` too; and what ends sessions from elsewhere, see
 * `SignInServer.keys` and `globalRevocation`.
 * @example
 * ```ts
 * import { createBackend } from 'holdfast/server'
 * import { workosServer } from 'holdfast/server/workos'
 *
 * const backend = createBackend({ sessions, signIn: workosServer({ clientId, apiKey }), password })
 * const response = (await backend.handle(request)) ?? new Response('Not found', { status: 404 })
 * ```
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createBackend<User extends SessionUser>(options: BackendOptions<User>): Backend {
  checkBackendOptions(options)
  const { password, upstreams = {}, exposeAccessToken = false } = options
  const { report = () => {}, now = () => Date.now() } = options
  checkPassword(password)
  const places = createPlaces(options)
  const { basePath } = places
  const crossSiteHints = checkHints(options.crossSiteHints)
  const shared = { ...options, ...places, crossSiteHints, exposeAccessToken, report, now }
  const { routes, choice } = createRoutes<User>(shared)
  const mount = `${basePath}/proxy`
  const proxy: Handler = {
    methods: null,
    by: 'page',
    run: createProxy<User>({
      ...shared,
      mount,
      upstreams,
      fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    }),
  }

  const handlers = new Map(
    Object.entries(routes).map(([path, handler]) => [`${basePath}${path}`, handler]),
  )
  for (const [path, run] of Object.entries(options.sessions.deviceRoutes ?? {})) {
    if (handlers.has(path)) throw taken(path)
    handlers.set(path, { methods: ['POST'], by: 'anyone', run: ({ request }) => run(request) })
  }
  const finish = routes['/callback']
  if (finish) for (const path of places.callbacks) handlers.set(path, finish)

  return {
    owns: (pathname) =>
      handlers.has(pathname) ||
      Object.keys(upstreams).some((name) => `${pathname}/`.startsWith(`${mount}/${name}/`)),
    async handle(request) {
      const { pathname } = new URL(request.url)
      const handler = pathname.startsWith(`${mount}/`) ? proxy : handlers.get(pathname)
      if (!handler) return null
      const url = places.addressOf(request)
      if (!url) return refuse(MISDIRECTED)
      const callers = { own: places.ownOrigin(url), allowed: places.allowed }
      const asked = handler.by === 'page' ? answerPreflight(request, callers) : null
      if (asked) return asked
      const call = { request, url, cookie: request.headers.get('Cookie') }
      const response = await serve(handler, call, callers).catch((error: unknown) => {
        report(error)
        const message = 'The server failed. See its log.'
        return refuse({ status: 500, code: 'internal', message })
      })
      return share(request, response, callers)
    },
    async organizationsOf(request) {
      const url = places.addressOf(request)
      if (!url || !choice) return null
      return choice.organizationsOf({ url, cookie: request.headers.get('Cookie') })
    },
  }
}
