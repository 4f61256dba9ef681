import { json } from '../server/json.js'
import { clientOf } from './clients.js'
import { type Call, OidcRefusal, type Route, refuse, type ServerContext } from './context.js'

/** How long a sign-in that was pushed may be begun, in ms, as Keycloak and oidc-provider were captured. */
const LIFE = 60_000
const NAME = 'urn:ietf:params:oauth:request_uri:'

const refusal = (description: string): OidcRefusal =>
  new OidcRefusal({ status: 400, error: 'invalid_request', description })

/** `POST /request` (RFC 9126), in the words of oidc-provider. */
export const push: Route = async (context, call) => {
  const { form } = call
  if (!context.options.pushedRequests) throw new OidcRefusal({ status: 404, error: 'not_found' })
  if (!form) return refuse(context, 'no-form')
  const client = await clientOf(context, call)
  // It belongs to what is asked for, also where the client has said in a header who it is.
  if (!form.has('client_id')) throw refusal("missing required parameter 'client_id'")
  if (form.get('client_id') !== client.id || form.has('request_uri')) {
    throw refusal('the request is that of another client, or was pushed already')
  }
  const name = `${NAME}${context.newToken()}`
  context.pushed.set(name, { form, expiresAt: context.now() + LIFE })
  const answer = { expires_in: LIFE / 1000, request_uri: name }
  return json(201, answer, { 'cache-control': 'no-store' })
}

/**
 * What a sign-in asks for, by its names: as its address says, or as it was pushed, which counts once.
 * @throws OidcRefusal for one that must be pushed and was not, or that nobody pushed for this client.
 */
export function wishOf(
  { options, pushed, now }: ServerContext,
  { url }: Pick<Call, 'url'>,
): (name: string) => string | null {
  const { searchParams } = url
  const name = searchParams.get('request_uri')
  if (name === null && options.pushedRequests !== 'required')
    return (each) => searchParams.get(each)
  if (name === null) throw refusal('Pushed Authorization Request must be used')
  const found = pushed.get(name)
  const isTheirs = found?.form.get('client_id') === searchParams.get('client_id')
  if (!found || !isTheirs || now() >= found.expiresAt) {
    throw refusal('request_uri is invalid, expired, or was already used')
  }
  pushed.delete(name)
  return (each) => found.form.get(each) ?? null
}
