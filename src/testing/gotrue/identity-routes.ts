import { uuid } from '../server/encoding.js'
import { json, objectField } from '../server/json.js'
import {
  authenticate,
  type Call,
  newSession,
  type PendingLink,
  type ServerContext,
} from './context.js'
import { GoTrueRefusal, refuse } from './errors.js'
import { codeOf, markOf, providerOf, redirectTarget, say, tokensOf } from './link-routes.js'
import { personAt } from './provider-people.js'
import type { Account, AccountIdentity } from './types.js'
import { describeUser } from './users.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

const found = (target: URL): Response =>
  new Response(null, { status: 302, headers: { location: target.href } })

function identityOf(
  { random, now }: ServerContext,
  { provider, email }: { readonly provider: string; readonly email: string },
): AccountIdentity {
  return {
    identityId: uuid(random),
    ...personAt({ provider, email }),
    provider,
    email,
    createdAt: now(),
  }
}

function noteProviders(account: Account): void {
  const providers = [...new Set(account.identities.map(({ provider }) => provider))]
  account.appMetadata = { ...account.appMetadata, providers }
}

/** Gives a person one more identity. @throws GoTrueRefusal `identity_already_exists` */
export function linkIdentity(
  context: ServerContext,
  account: Account,
  at: { readonly provider: string; readonly email: string },
): AccountIdentity {
  const isThis = ({ provider, email }: AccountIdentity): boolean =>
    provider === at.provider && email === at.email
  const owner = [...context.accounts.all.values()].find((one) => one.identities.some(isThis))
  if (owner) {
    const whose = owner === account ? '' : ' to another user'
    refuse(422, 'identity_already_exists', `Identity is already linked${whose}`)
  }
  const identity = identityOf(context, at)
  account.identities.push(identity)
  if (!account.email) {
    account.email = at.email
    account.confirmed = true
    account.anonymous = false
  }
  noteProviders(account)
  account.updatedAt = context.now()
  return identity
}

/** @throws GoTrueRefusal `manual_linking_disabled` */
function requireLinking({ options: { manualLinking = false } }: ServerContext): void {
  if (!manualLinking) refuse(404, 'manual_linking_disabled', 'Manual linking is disabled')
}

/** `GET /user/identities/authorize`: where to go, in a body or as a redirect. */
export const authorizeLink: Route = async (context, call) => {
  const { account } = await authenticate(context, call)
  requireLinking(context)
  const { url } = call
  const query = url.searchParams
  const provider = providerOf(context, url)
  const challenge = query.get('code_challenge')
  const state = uuid(context.random)
  context.links.set(state, {
    account,
    provider,
    target: redirectTarget(context, url).href,
    flow: challenge ? { challenge, method: query.get('code_challenge_method') ?? 's256' } : null,
  })
  // The provider consents at once: its page is left out, and its code is the person's address there.
  const code = query.get('login_hint') ?? `person@${provider}.example`
  const address = new URL(`${url.origin}${context.path}/callback`)
  address.search = new URLSearchParams({ code, state }).toString()
  return query.get('skip_http_redirect') === 'true'
    ? json(200, { url: address.href })
    : found(address)
}

async function arrive(context: ServerContext, link: PendingLink): Promise<Response> {
  const { account, provider, flow } = link
  const target = new URL(link.target)
  if (flow) {
    const code = uuid(context.random)
    const extra = tokensOf(provider)
    context.codes.set(code, { ...flow, account, amr: 'oauth', at: context.now(), extra })
    target.searchParams.set('code', code)
    return found(target)
  }
  const session = await newSession(context, account, { method: 'oauth', ...tokensOf(provider) })
  const { user: _, ...body }: Record<string, unknown> = await session.json()
  const fields = Object.entries(body).map(([name, value]) => [name, String(value)])
  target.hash = new URLSearchParams({
    ...Object.fromEntries(fields),
    ...markOf(context),
  }).toString()
  return found(target)
}

/** `GET /callback`: the person comes back from the provider, and the link is made. */
export const callback: Route = async (context, { url }) => {
  const state = url.searchParams.get('state') ?? ''
  const link = context.links.get(state)
  if (!link) {
    const target = new URL(context.options.siteUrl ?? url.origin)
    target.search = new URLSearchParams({
      error: 'invalid_request',
      error_code: codeOf(context, { status: 400, code: 'bad_oauth_state' }),
      error_description: 'OAuth state parameter is invalid',
    }).toString()
    return new Response(null, { status: 303, headers: { location: target.href } })
  }
  context.links.delete(state)
  const target = new URL(link.target)
  if (context.settings.denyNext) {
    context.settings.denyNext = false
    const said = { error: 'access_denied', error_description: 'The person said no' }
    return found(say(context, target, said, true))
  }
  try {
    const email = url.searchParams.get('code') ?? ''
    linkIdentity(context, link.account, { provider: link.provider, email })
    return await arrive(context, link)
  } catch (error) {
    if (!(error instanceof GoTrueRefusal)) throw error
    const said = {
      error: 'server_error',
      error_code: codeOf(context, error),
      error_description: error.message,
    }
    return found(say(context, target, said, true))
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** `DELETE /user/identities/{id}`. */
export const deleteIdentity: Route = async (context, call) => {
  const { account } = await authenticate(context, call)
  requireLinking(context)
  if (!UUID.test(call.id)) refuse(404, 'validation_failed', 'identity_id must be an UUID')
  const { identities } = account
  if (identities.length <= 1) {
    const message = 'User must have at least 1 identity after unlinking'
    refuse(422, 'single_identity_not_deletable', message)
  }
  const index = identities.findIndex(({ identityId }) => identityId === call.id)
  if (index < 0) refuse(422, 'identity_not_found', "Identity doesn't exist")
  const [gone] = identities.splice(index, 1)
  const emails = identities.map(({ email }) => email)
  if (gone?.provider === 'phone') account.phone = null
  if (!emails.includes(account.email)) account.email = emails.find(Boolean) ?? null
  noteProviders(account)
  account.updatedAt = context.now()
  return json(200, {})
}

/** `POST /token?grant_type=id_token` with `link_identity`: another session of whoever holds the bearer. */
export async function linkByIdToken(
  context: ServerContext,
  call: Call,
  at: { readonly provider: string; readonly email: string },
): Promise<Response> {
  const { account } = await authenticate(context, call)
  const { identityId } = linkIdentity(context, account, at)
  const session = await newSession(context, account, { method: 'oauth' })
  const body: Record<string, unknown> = await session.json()
  const user = objectField(body, 'user')
  const { identities } = describeUser(account)
  // The real one lists the identities as they were before, though the new provider is among `providers`.
  const before = identities.filter(({ identity_id }) => identity_id !== identityId)
  return json(200, { ...body, user: { ...user, identities: before } })
}
