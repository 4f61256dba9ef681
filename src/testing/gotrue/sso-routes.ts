import { base64url, randomText, utf8, uuid } from '../server/encoding.js'
import { field, json } from '../server/json.js'
import type { Challenge } from './accounts.js'
import { checkCaptcha } from './captcha.js'
import type { Call, ServerContext } from './context.js'
import { refuse } from './errors.js'
import { arrive } from './link-routes.js'
import { perServer } from './per-server.js'
import type { Account, ScriptedSsoProvider } from './types.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** A sign-in that an identity provider has still to answer. */
interface Relay {
  readonly provider: ScriptedSsoProvider
  readonly redirectTo: string | undefined
  readonly flow: Challenge | null
}

const relaysOf = perServer(() => new Map<string, Relay>())

/** @throws GoTrueRefusal `sso_provider_not_found`, `validation_failed` */
function providerFor(
  providers: readonly ScriptedSsoProvider[],
  { body }: Call,
): ScriptedSsoProvider {
  const [id, domain] = [field(body, 'provider_id'), field(body, 'domain')]
  if (!id && !domain) {
    return refuse(400, 'validation_failed', 'A provider_id or domain needs to be provided')
  }
  const found = providers.find((provider) =>
    id ? provider.id === id : provider.domains.includes(domain?.toLowerCase() ?? ''),
  )
  const message = id ? 'No such SSO provider' : 'No SSO provider assigned for this domain'
  return found ?? refuse(404, 'sso_provider_not_found', message)
}

/**
 * `POST /sso`: where to sign in. What the address carries looks like SAML and is none: nothing but
 * this server's own provider can read it.
 */
export const sso: Route = async (context, call) => {
  const { options, random } = context
  if (!options.sso) return refuse(404, 'saml_provider_disabled', 'SAML 2.0 is disabled')
  checkCaptcha(context, call)
  const provider = providerFor(options.sso, call)
  const { body, url } = call
  const challenge = field(body, 'code_challenge')
  const method = field(body, 'code_challenge_method') ?? 's256'
  const state = uuid(random)
  relaysOf(context).set(state, {
    provider,
    redirectTo: field(body, 'redirect_to'),
    flow: challenge ? { challenge, method } : null,
  })
  const target = new URL(provider.url ?? `${url.origin}${context.path}/scripted/idp`)
  target.search = new URLSearchParams({
    SAMLRequest: base64url(utf8(randomText(random, 32))),
    RelayState: state,
    SigAlg: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    Signature: base64url(utf8(randomText(random, 32))),
  }).toString()
  return body.skip_http_redirect === true
    ? json(200, { url: target.href })
    : new Response(null, { status: 303, headers: { location: target.href } })
}

/** Whom a provider knows: never somebody with the same address who came in another way. */
function personOf(
  { accounts }: ServerContext,
  { id, email, domains }: ScriptedSsoProvider,
): Account {
  const provider = `sso:${id}`
  const address = email ?? `person@${domains[0] ?? 'scripted.example'}`
  const known = [...accounts.all.values()].find(({ identities }) =>
    identities.some((its) => its.provider === provider && its.email === address),
  )
  return known ?? accounts.create({ email: address, provider, registers: true })
}

/**
 * `GET /scripted/idp`: no path of a real GoTrue. The identity provider of this server, whose person
 * consents at once, and its way back, which a real one takes by `POST /sso/saml/acs`.
 */
export const identityProvider: Route = async (context, { url }) => {
  const relays = relaysOf(context)
  const state = url.searchParams.get('RelayState') ?? ''
  const relay = relays.get(state)
  if (!relay) return refuse(404, 'saml_relay_state_not_found', 'SAML RelayState does not exist')
  relays.delete(state)
  const { provider, redirectTo, flow } = relay
  if (redirectTo) url.searchParams.set('redirect_to', redirectTo)
  const account = personOf(context, provider)
  return arrive(context, url, { account, type: 'sso/saml', flow, half: false })
}
