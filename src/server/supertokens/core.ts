import { AuthError } from '../../core/errors.js'
import { checkPositive } from '../coordination/coordinator.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import { type CoreApi, LIFE } from './core-api.js'
import { callsOf, readSettings } from './core-calls.js'
import { type CoreTalk, createCoreHost } from './core-host.js'
import { type CoreLink, createCoreLink } from './core-link.js'
import { pause, type Wait } from './core-waits.js'
import { GeneralError } from './errors.js'
import { parseHosts } from './hosts.js'
import { createKept } from './kept.js'
import type { SuperTokensOptions } from './types.js'
import { checkInterface } from './versions.js'

/** The options that concern the way to the core. */
export type CoreOptions = Pick<
  SuperTokensOptions,
  | 'hosts'
  | 'apiKey'
  | 'requestTimeout'
  | 'interface'
  | 'dangerouslyAllowInsecureHttp'
  | 'fetch'
  | 'now'
>

/** @throws AuthError `invalid_argument` for what no header can carry. */
function checkApiKey(apiKey: unknown): void {
  if (apiKey === undefined || (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey))) return
  throw new AuthError('invalid_argument', '`apiKey` is a text of visible ASCII characters.')
}

/** A `fetch` for the key set. */
function createCoreFetch(link: CoreLink, base: string): typeof fetch {
  // An earlier signal is not heeded: jose's would end it before the second host's turn.
  return async (input) => {
    const address = input instanceof Request ? input.url : String(input)
    if (!address.startsWith(`${base}/`)) {
      const message = 'This is no address of the core.'
      throw new GeneralError(message, { code: 'invalid_argument' })
    }
    const path = address.slice(base.length)
    const body = await link((host, signal) => host.read(path, signal))
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  }
}

/**
 * Makes the way to a core. Nothing is fetched before the first call.
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createCore(options: CoreOptions, wait: Wait = pause): CoreApi {
  const { apiKey, fetch, now = () => Date.now() } = options
  const addresses = parseHosts(options.hosts, options.dangerouslyAllowInsecureHttp)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  checkApiKey(apiKey)
  const most = checkInterface(options.interface)
  const hosts = addresses.map((url) => createCoreHost({ url, apiKey, fetch, timeout, most, now }))
  const link = createCoreLink({ hosts, timeout, now, wait })
  const [first = ''] = addresses

  const talk = <T>(work: (talk: CoreTalk) => Promise<T>): Promise<T> =>
    link((host, signal) => host.talk(signal, work))
  const settings = createKept({ life: LIFE, now, load: () => talk(readSettings) })

  return {
    ...callsOf(talk),
    fetch: createCoreFetch(link, first),
    jwksUrl: `${first}/.well-known/jwks.json`,
    handshake: settings.get,
  }
}
