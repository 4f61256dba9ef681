import type { Client, Route, ServerContext } from './context.js'
import type { Organization, Person } from './directory.js'

/** Something that is wrong with a sign-in, in the words of the API. */
interface Problem {
  readonly error: string
  readonly description: string
}

const problem = (error: string, description: string): Problem => ({ error, description })

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

const page = (status: number, { title, body }: { title: string; body: string }): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8' } },
  )

function redirect(to: string, fields: Readonly<Record<string, string | null>>): Response {
  const target = new URL(to)
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) target.searchParams.set(name, value)
  }
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** Why nothing can be told to the application itself. */
function refusal(client: Client | undefined, redirectUri: string): Problem | null {
  if (!client) return problem('client_id_invalid', 'The client ID is invalid.')
  if (client.redirectUris.includes(redirectUri)) return null
  return problem('redirect_uri_invalid', 'The redirect URI is not on the list of the client.')
}

/** What the application has asked wrongly. */
function mistake(query: URLSearchParams): Problem | null {
  if (query.get('response_type') !== 'code') {
    return problem('unsupported_response_type', 'The response_type must be code.')
  }
  const [challenge, method] = [query.get('code_challenge'), query.get('code_challenge_method')]
  if (method && !challenge) {
    return problem('code_challenge_missing', 'There is a method but no code challenge.')
  }
  if (challenge && method !== 'S256') {
    return problem('invalid_request', 'The code_challenge_method must be S256.')
  }
  const provider = query.get('provider')
  if (!provider && !query.get('connection_id') && !query.get('organization_id')) {
    const selectors = 'Valid connection selectors are a connection, organization, or provider.'
    return problem('invalid_connection_selector', selectors)
  }
  const known = !provider || provider === 'authkit' || provider.endsWith('OAuth')
  return known ? null : problem('invalid_connection_selector', 'There is no such provider.')
}

/** The organization that a sign-in is for, `null` for none. */
function organizationOf(
  { directory: { organizations } }: ServerContext,
  query: URLSearchParams,
): Organization | Problem | null {
  const [id, connection] = [query.get('organization_id'), query.get('connection_id')]
  if (connection) {
    const owner = [...organizations.values()].find((one) => one.connectionIds.includes(connection))
    return owner ?? problem('connection_invalid', 'There is no connection for the provided ID.')
  }
  if (!id) return null
  const missing = problem('organization_invalid', 'There is no organization for the provided ID.')
  return organizations.get(id) ?? missing
}

/** Who signs in, if the request says so; a sign-up makes them. */
function personOf({ directory }: ServerContext, query: URLSearchParams): Person | undefined {
  const email = query.get('login_hint')
  if (!email) return undefined
  const found = directory.find(email)
  return found ?? (query.get('screen_hint') === 'sign-up' ? directory.create({ email }) : undefined)
}

function choicePage({ directory }: ServerContext, url: URL): Response {
  const links = [...directory.people.values()].map(({ email }) => {
    const choice = new URL(url)
    choice.searchParams.set('login_hint', email)
    return `<li><a href="${escapeHtml(choice.pathname + choice.search)}">${escapeHtml(email)}</a>`
  })
  return page(200, { title: 'Sign in', body: `<ul>${links.join('')}</ul>` })
}

function methodOf(query: URLSearchParams, organization: Organization | null): string {
  const provider = query.get('provider')
  if (query.has('connection_id') || organization?.requires === 'sso') return 'SSO'
  return provider && provider !== 'authkit' ? provider : 'Password'
}

/** `GET /user_management/authorize`: the person of `login_hint` consents at once. */
export const authorize: Route = async (context, { url }) => {
  const query = url.searchParams
  const client = context.clients.get(query.get('client_id') ?? '')
  const redirectUri = query.get('redirect_uri') ?? ''
  const refused = refusal(client, redirectUri)
  if (!client || refused) {
    const { error = '', description = '' } = refused ?? {}
    return page(400, { title: error, body: `<p>${escapeHtml(description)}</p>` })
  }
  const state = query.get('state')
  const asked = mistake(query) ?? organizationOf(context, query)
  if (asked && 'error' in asked) {
    const { error, description } = asked
    return redirect(redirectUri, { error, error_description: description, state })
  }
  const person = personOf(context, query)
  if (!person) return choicePage(context, url)
  const code = context.newToken()
  context.codes.set(code, {
    clientId: client.id,
    person,
    method: methodOf(query, asked),
    hosted: true,
    organizationId: asked?.id ?? null,
    challenge: query.get('code_challenge'),
    at: context.now(),
  })
  return redirect(redirectUri, { code, state })
}
