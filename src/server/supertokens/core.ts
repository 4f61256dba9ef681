import { AuthError } from '../../core/errors.js'
import { checkPositive } from '../coordination/coordinator.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import {
  readCount,
  readHandles,
  readHandshake,
  readInformation,
  readSessionData,
  readTokens,
  readVerified,
} from './answers.js'
import {
  type CoreApi,
  type CoreHandshake,
  type CoreVerified,
  type CoreVerify,
  LIFE,
} from './core-api.js'
import { type CoreTalk, createCoreHost } from './core-host.js'
import { type CoreLink, createCoreLink } from './core-link.js'
import { GeneralError, isSuperTokensError } from './errors.js'
import { parseHosts } from './hosts.js'
import { createKept } from './kept.js'
import { requestsOf } from './requests.js'
import type { SessionPayload, SuperTokensOptions } from './types.js'
import { isSince } from './versions.js'

/** The options that concern the way to the core. */
export type CoreOptions = Pick<
  SuperTokensOptions,
  'hosts' | 'apiKey' | 'requestTimeout' | 'dangerouslyAllowInsecureHttp' | 'fetch' | 'now'
>

/** @throws AuthError `invalid_argument` for what no header can carry. */
function checkApiKey(apiKey: unknown): void {
  if (apiKey === undefined || (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey))) return
  throw new AuthError('invalid_argument', '`apiKey` is a text of visible ASCII characters.')
}

async function verify(talk: CoreTalk, question: CoreVerify): Promise<CoreVerified> {
  const { version, ask } = talk
  const words = ['UNAUTHORISED', 'TRY_REFRESH_TOKEN'] as const
  const request = requestsOf(version).verify(question)
  const verified = readVerified(await ask(request, words), version)
  // Before 2.21 the question itself cannot ask for it.
  if (question.checkDatabase && !isSince(version, '2.21')) {
    await readData(talk, verified.session.handle)
  }
  return verified
}

async function readData({ version, ask }: CoreTalk, handle: string): Promise<SessionPayload> {
  return readSessionData(await ask(requestsOf(version).session(handle), ['UNAUTHORISED']))
}

async function revoke(
  { version, ask }: CoreTalk,
  handles: readonly string[],
): Promise<readonly string[]> {
  const requests = requestsOf(version)
  if (isSince(version, '2.0')) {
    return readHandles(await ask(requests.remove(handles)), 'sessionHandlesRevoked')
  }
  const ended: string[] = []
  for (const sessionHandle of handles) {
    const count = readCount(await ask(requests.removeFirst({ sessionHandle })))
    if (count > 0) ended.push(sessionHandle)
  }
  return ended
}

async function readHandlesOf({ version, ask }: CoreTalk, userId: string) {
  return readHandles(await ask(requestsOf(version).handles(userId)), 'sessionHandles')
}

async function revokeAll(talk: CoreTalk, userId: string): Promise<readonly string[]> {
  const { version, ask } = talk
  const requests = requestsOf(version)
  if (isSince(version, '2.0')) {
    return readHandles(await ask(requests.removeAll(userId)), 'sessionHandlesRevoked')
  }
  // 1.0 tells only how many they were.
  const handles = await readHandlesOf(talk, userId)
  readCount(await ask(requests.removeFirst({ userId })))
  return handles
}

async function readSettings({ version, ask }: CoreTalk): Promise<CoreHandshake | null> {
  if (isSince(version, '2.21')) return null
  return readHandshake(await ask(requestsOf(version).handshake()))
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
export function createCore(options: CoreOptions): CoreApi {
  const { apiKey, fetch, now = () => Date.now() } = options
  const addresses = parseHosts(options.hosts, options.dangerouslyAllowInsecureHttp)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  checkApiKey(apiKey)
  const hosts = addresses.map((url) => createCoreHost({ url, apiKey, fetch, timeout, now }))
  const link = createCoreLink({ hosts, timeout, now })
  const [first = ''] = addresses

  const talk = <T>(work: (talk: CoreTalk) => Promise<T>): Promise<T> =>
    link((host, signal) => host.talk(signal, work))
  const settings = createKept({ life: LIFE, now, load: () => talk(readSettings) })

  return {
    publishesKeys: () => talk(async ({ version }) => isSince(version, '2.21')),
    switchesKeys: () => talk(async ({ version }) => isSince(version, '3.0')),
    fetch: createCoreFetch(link, first),
    jwksUrl: `${first}/.well-known/jwks.json`,
    createSession: (session) =>
      talk(async ({ version, ask }) =>
        readTokens(await ask(requestsOf(version).createSession(session)), version),
      ),
    refresh: (refresh) =>
      talk(async ({ version, ask }) => {
        const words = ['UNAUTHORISED', 'TOKEN_THEFT_DETECTED'] as const
        return readTokens(await ask(requestsOf(version).refresh(refresh), words), version)
      }),
    verify: (question) => talk((host) => verify(host, question)),
    revoke: (handles) => talk((host) => revoke(host, handles)),
    revokeAll: (userId) => talk((host) => revokeAll(host, userId)),
    handles: (userId) => talk((host) => readHandlesOf(host, userId)),
    information: (handle) =>
      talk(async ({ version, ask }) => {
        if (!isSince(version, '2.21')) {
          const message = `Information about a session exists since interface 2.21; this core speaks ${version}.`
          throw new GeneralError(message, { code: 'rejected' })
        }
        try {
          const answer = await ask(requestsOf(version).session(handle), ['UNAUTHORISED'])
          return readInformation(answer)
        } catch (error) {
          if (isSuperTokensError(error, 'UNAUTHORISED')) return undefined
          throw error
        }
      }),
    sessionData: (handle) => talk((host) => readData(host, handle)),
    updateSessionData: (handle, data) =>
      talk(async ({ version, ask }) => {
        await ask(requestsOf(version).updateSessionData(handle, data), ['UNAUTHORISED'])
      }),
    handshake: settings.get,
  }
}
