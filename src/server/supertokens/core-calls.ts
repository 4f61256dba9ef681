import {
  readCount,
  readHandles,
  readHandshake,
  readInformation,
  readPayload,
  readRegenerated,
  readSessionData,
  readTokens,
  readVerified,
} from './answers.js'
import {
  type CoreApi,
  type CoreHandshake,
  type CoreNewSession,
  type CoreRefresh,
  type CoreRegenerated,
  type CoreScope,
  type CoreTokens,
  type CoreVerified,
  type CoreVerify,
  PUBLIC_TENANT,
} from './core-api.js'
import type { CoreTalk } from './core-host.js'
import { GeneralError, isSuperTokensError } from './errors.js'
import { requestsOf } from './requests.js'
import type { SessionInformation, SessionPayload } from './types.js'
import { type Ability, can, sinceOf } from './versions.js'

/** @throws SuperTokensError `rejected` where the version of this core lacks what is asked for. */
function need({ version }: CoreTalk, ability: Ability, what: string): void {
  if (can(version, ability)) return
  const since = sinceOf(ability)
  const message = `${what} since interface ${since}; this core speaks ${version}.`
  throw new GeneralError(message, { code: 'rejected' })
}

/** What cores take for a name; with `appid-` it would be another app (WebserverAPI.java). */
const TENANT = /^(?!appid-)[a-z\d-]{1,64}$/i

/** @throws SuperTokensError for a tenant that cannot be, or is not there to this core. */
function checkTenant(talk: CoreTalk, tenantId: string | undefined): string | undefined {
  if (tenantId === undefined) return undefined
  if (typeof tenantId !== 'string' || !TENANT.test(tenantId)) {
    const message = '`tenantId` is made of at most 64 letters, digits and hyphens.'
    throw new GeneralError(message, { code: 'invalid_argument' })
  }
  if (tenantId === PUBLIC_TENANT && !can(talk.version, 'tenants')) return undefined
  need(talk, 'tenants', 'Tenants exist')
  return tenantId
}

/** Begins a session. */
async function createSession(talk: CoreTalk, session: CoreNewSession): Promise<CoreTokens> {
  const { version, ask } = talk
  const tenantId = checkTenant(talk, session.tenantId)
  const request = requestsOf(version).createSession({ ...session, tenantId })
  return readTokens(await ask(request), version)
}

/** Trades a refresh token. */
async function refresh({ version, ask }: CoreTalk, question: CoreRefresh): Promise<CoreTokens> {
  const words = ['UNAUTHORISED', 'TOKEN_THEFT_DETECTED'] as const
  return readTokens(await ask(requestsOf(version).refresh(question), words), version)
}

/** Asks about an access token. */
async function verify(talk: CoreTalk, question: CoreVerify): Promise<CoreVerified> {
  const { version, ask } = talk
  const words = ['UNAUTHORISED', 'TRY_REFRESH_TOKEN'] as const
  const requests = requestsOf(version)
  const answer = await ask(requests.verify(question), words)
  const verified = readVerified(answer, version)
  // Before 2.21 the question itself cannot ask for it.
  if (question.checkDatabase && !can(version, 'jwt')) {
    await readData(talk, verified.session.handle)
  }
  // Where the core rotates at the refresh, it only says that the token's payload is no longer true.
  if (question.checkDatabase && answer.payloadUpdateAvailable === true) {
    const again = requests.regenerate(question.accessToken)
    return readRegenerated(await ask(again, ['UNAUTHORISED']), version)
  }
  return verified
}

/** Gives a session another payload. */
async function regenerate(
  talk: CoreTalk,
  accessToken: string,
  payload: SessionPayload,
): Promise<CoreRegenerated> {
  const { version, ask } = talk
  need(talk, 'payloads', 'The payload of a session can be changed')
  const request = requestsOf(version).regenerate(accessToken, payload)
  return readRegenerated(await ask(request, ['UNAUTHORISED']), version)
}

/** What the next access tokens of a session will hold. */
async function readNextPayload(talk: CoreTalk, handle: string): Promise<SessionPayload> {
  const { version, ask } = talk
  need(talk, 'payloads', 'The payload of a session can be read')
  return readPayload(await ask(requestsOf(version).payload(handle), ['UNAUTHORISED']))
}

/** Sets what the next access tokens of a session will hold. */
async function writeNextPayload(
  talk: CoreTalk,
  handle: string,
  payload: SessionPayload,
): Promise<void> {
  const { version, ask } = talk
  need(talk, 'payloads', 'The payload of a session can be changed')
  await ask(requestsOf(version).updatePayload(handle, payload), ['UNAUTHORISED'])
}

/** What the app keeps with a session. */
async function readData({ version, ask }: CoreTalk, handle: string): Promise<SessionPayload> {
  return readSessionData(await ask(requestsOf(version).sessionData(handle), ['UNAUTHORISED']))
}

/** Sets what the app keeps with a session. */
async function writeData(
  { version, ask }: CoreTalk,
  handle: string,
  data: SessionPayload,
): Promise<void> {
  await ask(requestsOf(version).updateSessionData(handle, data), ['UNAUTHORISED'])
}

/** What is known of a session; `undefined` when it is over. */
async function readAll(talk: CoreTalk, handle: string): Promise<SessionInformation | undefined> {
  const { version, ask } = talk
  need(talk, 'information', 'Information about a session exists')
  try {
    return readInformation(await ask(requestsOf(version).information(handle), ['UNAUTHORISED']))
  } catch (error) {
    if (isSuperTokensError(error, 'UNAUTHORISED')) return undefined
    throw error
  }
}

/** Ends sessions. */
async function revoke(
  { version, ask }: CoreTalk,
  handles: readonly string[],
): Promise<readonly string[]> {
  const requests = requestsOf(version)
  if (can(version, 'payloads')) {
    return readHandles(await ask(requests.remove(handles)), 'sessionHandlesRevoked')
  }
  const ended: string[] = []
  for (const sessionHandle of handles) {
    const count = readCount(await ask(requests.removeFirst({ sessionHandle })))
    if (count > 0) ended.push(sessionHandle)
  }
  return ended
}

/** The handles of a person's sessions. */
async function readHandlesOf(
  talk: CoreTalk,
  userId: string,
  scope: CoreScope = {},
): Promise<readonly string[]> {
  const { version, ask } = talk
  const reach = { ...scope, tenantId: checkTenant(talk, scope.tenantId) }
  return readHandles(await ask(requestsOf(version).handles(userId, reach)), 'sessionHandles')
}

/** Ends a person's sessions. */
async function revokeAll(
  talk: CoreTalk,
  userId: string,
  scope: CoreScope = {},
): Promise<readonly string[]> {
  const { version, ask } = talk
  const requests = requestsOf(version)
  const reach = { ...scope, tenantId: checkTenant(talk, scope.tenantId) }
  if (can(version, 'payloads')) {
    return readHandles(await ask(requests.removeAll(userId, reach)), 'sessionHandlesRevoked')
  }
  // 1.0 tells only how many they were.
  const handles = await readHandlesOf(talk, userId)
  readCount(await ask(requests.removeFirst({ userId })))
  return handles
}

/** What an old core says of cookies; `null` from others. */
export async function readSettings({ version, ask }: CoreTalk): Promise<CoreHandshake | null> {
  return can(version, 'recipe') ? null : readHandshake(await ask(requestsOf(version).handshake()))
}

/** The calls of a core, each to be made through `talk`. */
export function callsOf(
  talk: <T>(work: (talk: CoreTalk) => Promise<T>) => Promise<T>,
): Omit<CoreApi, 'fetch' | 'jwksUrl' | 'handshake'> {
  return {
    publishesKeys: () => talk(async ({ version }) => can(version, 'jwt')),
    switchesKeys: () => talk(async ({ version }) => can(version, 'tenants')),
    createSession: (session) => talk((host) => createSession(host, session)),
    refresh: (question) => talk((host) => refresh(host, question)),
    verify: (question) => talk((host) => verify(host, question)),
    regenerate: (token, payload) => talk((host) => regenerate(host, token, payload)),
    payload: (handle) => talk((host) => readNextPayload(host, handle)),
    updatePayload: (handle, payload) => talk((host) => writeNextPayload(host, handle, payload)),
    revoke: (handles) => talk((host) => revoke(host, handles)),
    revokeAll: (userId, scope) => talk((host) => revokeAll(host, userId, scope)),
    handles: (userId, scope) => talk((host) => readHandlesOf(host, userId, scope)),
    information: (handle) => talk((host) => readAll(host, handle)),
    sessionData: (handle) => talk((host) => readData(host, handle)),
    updateSessionData: (handle, data) => talk((host) => writeData(host, handle, data)),
  }
}
