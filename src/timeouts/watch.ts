import type { SessionRecord } from '../core/record.js'
import type {
  TimeoutLimits as Limits,
  TimedOut,
  TimeoutsDesk,
  TimeoutsWatch,
} from '../core/timeouts.js'
import { createSharedUse, timeoutOf } from './shared-use.js'
import { type Ending, lineageIn } from './use.js'

/** How often a tab looks whether somebody is in another one, while the end is near; in ms. */
const GLANCE = 1_000
/** What a watch is told. */
export interface WatchOptions {
  readonly limits: Limits
  /** Calls back whenever somebody uses this context; returns the way to stop. */
  readonly activity: (onActivity: () => void) => () => void
}

/**
 * Makes storage say that a sign-in is over. Of many contexts, whose time is up at once, one alone tells
 * the server: the first, which does not find it there.
 */
async function endStored(
  { section, path, revoke }: TimeoutsDesk,
  { lineage, session }: SessionRecord,
  { error }: TimedOut,
): Promise<void> {
  await section.locked(async () => {
    const [seen] = await path.read().catch(() => [null])
    await path.end({ lineage, any: false, error }, session)
    if (seen?.kind !== 'signed-out' || !seen.ended.includes(lineage)) revoke(session)
  })
}

/** Tells subscribers of an end that has come near, and of one that has moved away again. */
function createNotice(desk: TimeoutsDesk, near: () => Ending | null, age: () => number) {
  /** What they were told of last: the end, and of which sign-in. */
  let told: { readonly at: number; readonly lineage: string } | null = null
  return {
    isTold: () => told !== null,
    tell(): void {
      const { store, settle } = desk
      const { lineage, session } = store.held()?.record ?? {}
      if (told?.lineage !== lineage) told = null
      const next = near()
      if (!lineage || !session || next?.at === told?.at) return
      told = next && { at: next.at, lineage }
      const origin = 'this-context'
      if (next) {
        const endsAt = Math.ceil(store.now().wall + next.at - age())
        store.tell(['SESSION_ENDING', session, { origin, reason: next.reason, endsAt }])
      } else store.tell(['SESSION_EXTENDED', session, { origin }])
      settle()
    },
  }
}

/** Makes the watch of one client. */
export function createWatch(desk: TimeoutsDesk, options: WatchOptions): TimeoutsWatch {
  const { environment, store, settle } = desk
  const shared = createSharedUse(desk, options.limits)
  const { age, end, endsWithin, limits } = shared
  const near = (): boolean => endsWithin(limits().notice)
  const notice = createNotice(desk, () => (near() ? end() : null), age)
  let working = false
  let finishing: Promise<void> | null = null

  function timedOut(): Promise<void> | undefined {
    if (!finishing && endsWithin(0)) {
      finishing = finish().finally(() => {
        finishing = null
        settle()
      })
    }
    return finishing ?? undefined
  }

  async function finish(): Promise<void> {
    // Somebody may be in another tab.
    await shared.look()
    const record = store.held()?.record
    const last = endsWithin(0) && end()
    if (!record || !last) return
    const by = timeoutOf(last.reason)
    desk.leave(by)
    // Whoever waits for a session hears of its end at once.
    endStored(desk, record, by).catch(() => {})
  }

  async function work(): Promise<void> {
    if (!end() || near()) await shared.look()
    if (shared.writesAt() <= age()) await shared.write()
    notice.tell()
  }

  function until(): number {
    if (!lineageIn(desk) || working || finishing) return Infinity
    const next = end()
    if (!next) return 0
    const noticed = notice.isTold() ? shared.lookedAt() + GLANCE : next.at - limits().notice
    return Math.min(noticed, next.at, shared.writesAt()) - age()
  }

  const stop = options.activity(() => {
    // What is over stays so, whoever comes now.
    if (!environment.wake.visible() || timedOut() || !end()) return
    const waits = shared.writesAt() < Infinity
    shared.use()
    notice.tell()
    if (!waits) settle()
  })

  return {
    until,
    tick() {
      if (timedOut() || until() > 0) return
      working = true
      work()
        .catch(environment.report)
        .finally(() => {
          working = false
          settle()
        })
    },
    timedOut,
    async admit(seen) {
      if (seen.kind !== 'session') return seen
      const { record } = seen
      const by = await shared.timedOut(record)
      if (!by) return seen
      await endStored(desk, record, by)
      return { kind: 'signed-out', ended: [record.lineage], error: by.error }
    },
    async stay() {
      await timedOut()
      // Nobody is there any more, or somebody has just come: then it counts from now.
      if (!end()) return
      shared.use()
      notice.tell()
      await shared.write()
    },
    dispose: stop,
  }
}
