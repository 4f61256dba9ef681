import type { Session, SessionUser } from '../../core/session.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { TokenWords } from './access-tokens.js'
import { type Opened, sessionIdOf, toSession } from './opened.js'
import type { SealedData } from './session-data.js'

/** What an auth server calls a session and its person, where that is not what they are called here. */
export interface ServerNames {
  /** Such as the `sid` of its id tokens. */
  readonly sessionId?: string | undefined
  /** Such as their `sub`. */
  readonly userId?: string | undefined
  /** What the server calls itself, such as the `iss` of its id tokens. */
  readonly issuer?: string | undefined
}

/** The words of an auth server itself about a session. */
export interface ServerWords {
  /** What the auth server calls the session, where several may have one name there. */
  readonly serverSessionId?: string | undefined
  /** What the auth server calls itself to it, where it has a name for each of its tenants. */
  readonly serverIssuer?: string | undefined
}

/** What of a provider says how its server calls things. */
export interface NamingProvider<User extends SessionUser = SessionUser> {
  readonly id: string
  readonly sharesSessionIds?: boolean | undefined
  namesOf?(session: Session<User>): ServerNames
}

/** What names of other things begin with. */
const RESERVED = /^(\["(session|person)"|bound:|bound-to:|replaced:)/

/**
 * What a session is called here that has this id. Servers choose ids: one that reads like a name of something else,
 * such as of all sessions of a person at another server, is written so that it is none.
 */
export const sessionName = (id: string): string =>
  RESERVED.test(id) ? JSON.stringify(['id', id]) : id

/**
 * What a session is called here. One that has no id, because it was sealed by an older release or
 * another library, is known by its refresh token.
 */
export const nameOf = <User extends SessionUser>({ token, data }: Opened<User>): Promise<string> =>
  nameOfData(data, token)

/** What a session is called here whose token says this. */
export async function nameOfData(
  data: SealedData,
  token: Pick<TokenWords, 'facts'> | null,
): Promise<string> {
  const id = sessionIdOf(data, token)
  return id === undefined ? `token:${await fingerprint(data.refreshToken)}` : sessionName(id)
}

/** What says that a session has given way to another one of the same person. */
export const replacedName = (name: string): string => `replaced:${name}`

/** What says that a session's browser has bound it. */
export const boundName = (sessionId: string): string => `bound:${sessionId}`
/** What says that it was bound to this key. */
export const boundToName = (sessionId: string, key: string): string =>
  `bound-to:${key}:${sessionId}`

/** What stands for all sessions that one server calls by one id. */
export const serverSessionName = ({ id }: NamingProvider, sessionId: string): string =>
  JSON.stringify(['session', id, sessionId])

/** What stands for all sessions of one person at one server. */
export const personName = ({ id }: NamingProvider, userId: string): string =>
  JSON.stringify(['person', id, userId])

/** The names by which all sessions are ended that a session is one of. */
export interface SharedNames {
  /** Those of its person: as they are called here, and at the server. */
  readonly people: readonly string[]
  /** That of its session at the server, where that may be several here. */
  readonly sessions: readonly string[]
}

/** What a server calls a session that it may take several for; nothing where it has a name for each. */
export function serverSessionIdOf<User extends SessionUser>(
  provider: NamingProvider<User>,
  opened: Opened<User>,
): string | undefined {
  if (provider.sharesSessionIds !== true) return undefined
  return provider.namesOf?.(toSession(opened)).sessionId ?? opened.token.facts.sessionId
}

/** What a server calls a session, and itself. */
export function serverWordsOf<User extends SessionUser>(
  provider: NamingProvider<User>,
  opened: Opened<User>,
): ServerWords {
  const serverSessionId = serverSessionIdOf(provider, opened)
  const serverIssuer = provider.namesOf?.(toSession(opened)).issuer
  return {
    ...(serverSessionId !== undefined && { serverSessionId }),
    ...(serverIssuer !== undefined && { serverIssuer }),
  }
}

/** Under which names a session may be ended together with others. */
export function sharedNamesOf<User extends SessionUser>(
  provider: NamingProvider<User>,
  opened: Opened<User>,
): SharedNames {
  const { id } = opened.data.user
  const ids = new Set([id, provider.namesOf?.(toSession(opened)).userId ?? id])
  const sessionId = serverSessionIdOf(provider, opened)
  return {
    people: [...ids].map((userId) => personName(provider, userId)),
    sessions: sessionId === undefined ? [] : [serverSessionName(provider, sessionId)],
  }
}
