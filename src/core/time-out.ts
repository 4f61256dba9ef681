import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import type { SessionRecord } from './record.js'
import type { SessionUser } from './session.js'
import type { TimedOut } from './timeouts.js'

/**
 * Makes storage say that a sign-in is over because its time is up. Resolves to whether it had not said so
 * before: of many contexts, whose time is up at once, one alone tells the server.
 */
export async function endInTime<User extends SessionUser>(
  { section }: Pick<EngineContext<User>, 'section'>,
  path: CommitPath<User>,
  { lineage, session }: SessionRecord<User>,
  { error }: TimedOut,
): Promise<boolean> {
  return section.locked(async () => {
    const [seen] = await path.read().catch(() => [null])
    const told = seen?.kind === 'signed-out' && seen.ended.includes(lineage)
    await path.end({ lineage, any: false, error }, session)
    return !told
  })
}
