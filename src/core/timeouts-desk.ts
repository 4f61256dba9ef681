import type { EngineContext } from './context.js'
import type { EngineSettings } from './options.js'
import type { SessionUser } from './session.js'
import type { TimeoutsDesk, TimeoutsWatch } from './timeouts.js'

/** What a watch over one client's session is made of. */
interface WatchParts<User extends SessionUser>
  extends Pick<EngineContext<User>, 'store' | 'vault' | 'settle'>,
    Pick<TimeoutsDesk, 'end'> {}

/** Has the app's timeouts watch over the session of one client. */
export function watchTimeouts<User extends SessionUser>(
  { environment, timeouts }: EngineSettings<User>,
  { store, vault, settle, end }: WatchParts<User>,
): TimeoutsWatch | undefined {
  return timeouts?.watch({
    now: store.now,
    lineage: () => store.held()?.record.lineage,
    visible: () => environment.wake.visible(),
    read: () => vault.readText('timeouts'),
    update: (change) => vault.updateText('timeouts', change),
    end,
    tell(reason, endsAt) {
      const session = store.held()?.record.session
      if (!session) return
      const origin = 'this-context'
      if (endsAt === null) store.tell(['SESSION_EXTENDED', session, { origin }])
      else store.tell(['SESSION_ENDING', session, { origin, reason, endsAt }])
      settle()
    },
    settle,
    report: environment.report,
  })
}
