import { checkStorage, invalid } from './core/check-options.js'
import type { Storage } from './core/ports.js'
import type { Grant, SessionUser } from './core/session.js'
import type { SessionSource, SourceDesk } from './core/session-source.js'
import type { Observation } from './core/state.js'
import { foreignStorage } from './defaults.js'

/** A session that another library left behind. */
export interface TakeOverOptions<User extends SessionUser = SessionUser> {
  /** The key under which the other library keeps its session. */
  readonly key: string
  /** Reads its text; `null` when it holds no session. `now`: ms since the epoch. */
  parse(text: string, now: number): Grant<User> | null
  /** Where the other library keeps it. @default localStorage in pages, else the client's own storage */
  readonly storage?: Storage | undefined
}

/**
 * For the client's option `takeOver`: moves the session of another library here, once.
 * @example
 * ```ts
 * import { AuthClient, takeOver } from 'holdfast'
 * import { gotrue, parseAuthJsSession } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   takeOver: takeOver({ key: 'sb-project-auth-token', parse: parseAuthJsSession }),
 * })
 * ```
 * @throws AuthError `invalid_argument` without a key and a function that reads.
 */
export function takeOver<User extends SessionUser>(
  options: TakeOverOptions<User>,
): SessionSource<User> {
  const { key, parse, storage } = { ...options }
  if (typeof key !== 'string' || key === '' || typeof parse !== 'function') {
    throw invalid('takeOver takes { key, parse }: where the session is, and how its text is read.')
  }
  checkStorage(storage)
  const from = (): Storage | undefined => storage ?? foreignStorage()
  return {
    find: (desk) => find(desk, { key, parse, storage: from() }),
    forget: (own) => (from() ?? own).remove(key),
  }
}

/** Unless a sibling has done so meanwhile. What goes wrong is reported: the start goes on. */
async function find<User extends SessionUser>(
  desk: SourceDesk<User>,
  { key, parse, storage = desk.storage }: TakeOverOptions<User>,
): Promise<Observation<User> | null> {
  let seen: Observation<User> | null = await desk.read()
  if (seen.kind !== 'absent') return seen
  const asked = desk.now()
  try {
    const text = await desk.within(() => storage.get(key))
    const grant = text ? parse(text, asked.wall) : null
    if (!grant) return seen
    const saved = await desk.establish(grant, asked)
    seen = null
    // Left in place it would be taken over again after the next sign-out.
    if (saved) await desk.within(() => storage.remove(key))
  } catch (error) {
    desk.report(error)
  }
  return seen
}
