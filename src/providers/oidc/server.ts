import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { createHttp } from '../shared/http.js'
import { isIssuer } from '../shared/issuer.js'
import { asObject, text } from '../shared/json.js'
import { isFine, toPassing } from '../shared/passing.js'
import { checkUrl, invalid } from '../shared/url.js'
import type { OidcChannel, OidcMetadata, OidcOptions, OidcSend } from './types.js'

/** What is known of the server, and how it is spoken to. */
export type Server = OidcChannel

/** What of the options says where the server is. */
export type ServerOptions = Pick<
  OidcOptions,
  'issuer' | 'metadata' | 'headers' | 'fetch' | 'dpop' | 'dangerouslyAllowInsecureHttp'
>

/** The names of metadata that are addresses which something is sent to. */
const ENDPOINT = /_endpoint$|^jwks_uri$/
const USED = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
  'pushed_authorization_request_endpoint',
  'require_pushed_authorization_requests',
  'authorization_response_iss_parameter_supported',
  'dpop_signing_alg_values_supported',
]

/** What would hide the query of a page (RFC 6749 §3.1), or no header can say. */
const ODD = /[#\s\p{Cc}]/u

/** Looks at the address of an endpoint. @throws AuthError `invalid_argument` where tokens must not go there. */
type CheckEndpoint = (url: string) => void

/**
 * Makes the look at the endpoints of an issuer. One by https: has no endpoint by http:, not even on this
 * device: its document could have tokens and secrets sent to whatever listens there.
 */
function createCheckEndpoint(base: string, insecure: boolean | undefined): CheckEndpoint {
  const isSafe = base.startsWith('https:') && !insecure
  return (url) => {
    checkUrl(url, insecure)
    if (ODD.test(url) || (isSafe && !/^https:/i.test(url))) {
      invalid('An endpoint of the metadata is by http:, or has a fragment or a blank.')
    }
  }
}

/**
 * The part of a document that is used.
 * @throws AuthError `invalid_argument` for one without the endpoints, or with one that tokens must not
 *   go to.
 */
function readDocument(
  document: unknown,
  used: readonly string[],
  checkEndpoint: CheckEndpoint,
): OidcMetadata {
  const given = asObject(document) ?? {}
  const fields = Object.fromEntries(
    used.flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
  )
  for (const [name, value] of Object.entries(fields)) {
    if (ENDPOINT.test(name)) checkEndpoint(text(value) ?? '')
  }
  const { authorization_endpoint, token_endpoint } = fields
  if (typeof authorization_endpoint === 'string' && typeof token_endpoint === 'string') {
    return { ...fields, authorization_endpoint, token_endpoint }
  }
  return invalid('The metadata has no `authorization_endpoint`, or no `token_endpoint`.')
}

/** Where documents lie: OIDC Discovery §4, then RFC 8414 §3.1. */
const placesOf = (base: string): readonly [string, string] => [
  `${base}/.well-known/openid-configuration`,
  base.replace(/^\w+:..[^/]+/, '$&/.well-known/oauth-authorization-server'),
]

const badDocument = (message: string, status?: number): AuthError =>
  new AuthError('bad_response', message, { status })

/**
 * Makes what every part of one provider speaks through, which knows of the document what all need, and
 * `further` fields. @throws AuthError `invalid_argument`.
 */
export function createServer(options: ServerOptions, further: readonly string[] = []): Server {
  const { issuer, dangerouslyAllowInsecureHttp: insecure } = options
  if (!issuer) invalid('Pass the `issuer`, as the server writes it.')
  const base = checkUrl(issuer, insecure)
  if (/[?#]/.test(issuer)) invalid('The `issuer` must have no query and no fragment.')
  if ((options.metadata?.issuer ?? issuer) !== issuer)
    invalid('The `metadata` is that of another `issuer`.')
  const checkEndpoint = createCheckEndpoint(base, insecure)
  const read = (document: unknown): OidcMetadata => ({
    ...readDocument(document, [...USED, ...further], checkEndpoint),
    issuer,
  })
  let found = options.metadata && read(options.metadata)
  let believed = true
  let unheard: boolean | undefined
  /** Whether the issuer could not be asked either, when nobody was heard. */
  let deaf = false

  const plain: OidcSend = async (endpoint, { headers, ...request }, context) => {
    const [, url = '', path = ''] = /^([^/]+\/\/[^/?]+)([^#]*)/.exec(endpoint) ?? []
    // GitHub and its like answer with a form otherwise.
    const all = { Accept: 'application/json', ...options.headers, ...headers }
    const answer = await createHttp({ ...options, url, headers: all })(
      { ...request, path },
      context,
    )
    deaf = false
    return answer
  }
  const binding = options.dpop?.(plain)
  const send = binding?.send ?? plain

  /** @throws AuthError `bad_response` for what is not this issuer's document. */
  async function look(place: string, context: RequestContext): Promise<OidcMetadata> {
    const answer = await send(place, { method: 'GET' }, context)
    if (!isFine(answer)) {
      throw toPassing(answer) ?? badDocument('The issuer has no discovery document.', answer.status)
    }
    // Byte for byte (OIDC Discovery §4.3, RFC 8414 §3.3).
    if (asObject(answer.body)?.issuer !== issuer) {
      throw badDocument('The discovery document is not that of this `issuer`, byte for byte.')
    }
    try {
      return read(answer.body)
    } catch (cause) {
      throw badDocument(`The discovery document cannot be used: ${cause}`)
    }
  }

  function discover(context: RequestContext): Promise<OidcMetadata> {
    const [first, second] = placesOf(base)
    return look(first, context).catch((error: unknown) => {
      // A page that may not read a refusal (CORS) hears of it as of a broken network.
      if (!isAuthError(error, 'bad_response') && !isAuthError(error, 'network')) throw error
      return look(second, context).catch((later: unknown) => {
        throw isAuthError(later, 'bad_response') ? error : later
      })
    })
  }

  /**
   * What storage holds may be anything; what cannot be used is asked for again. Nothing is kept with a session
   * that an app has brought along without an id token: nobody can tell whose that is.
   * @throws AuthError `refresh_rejected` for what is not known to be this issuer's: tokens of another one must
   *   not come here.
   */
  function usable(kept: unknown): OidcMetadata | null {
    const said = asObject(kept)?.issuer
    if (kept && said !== issuer && !isIssuer(said, issuer)) {
      throw new AuthError('refresh_rejected', 'The session is of another issuer: sign in again.')
    }
    try {
      return kept ? read(kept) : null
    } catch {
      return null
    }
  }

  return {
    send,
    binding,
    async find(context, kept) {
      const before = usable(kept)
      const known = found ?? before
      if (known && believed) return known
      // Where that cannot be asked, the kept address is tried again the next time: it may be somebody's
      // by then, and a server in trouble is asked for one thing at a time.
      believed = true
      found = await discover(context).catch((error: unknown) => {
        // Its name may be gone, or a page may not read the 404 that it gets (CORS); or the network is.
        if (!known || !unheard) throw error
        deaf = true
        return known
      })
      return found
    },
    moved(silent) {
      // In an outage the issuer is not asked before each request, which may be heard again by then.
      if (silent && deaf) return
      believed = !!options.metadata
      unheard = silent
    },
  }
}
