import { isAuthError } from '../core/errors.js'
import type { Snapshot } from '../core/store.js'
import { type Deadline, deadlinesOf, storedTrouble, type Trouble } from './deadlines.js'
import { attempt, type Choice } from './deeds.js'
import { noticeClock } from './fault-deeds.js'
import { faultWords } from './faults.js'
import { createHistory, type Moment } from './history.js'
import { createSecrets, type Secrets } from './secrets.js'
import type { Source } from './source.js'
import { readStored, type Stored, type StoredEntry } from './stored.js'
import { failureText, type Words } from './words.js'

/** All that a panel shows of one client. Holds no token. */
export interface View {
  readonly status: Snapshot['status'] | 'disposed'
  readonly userId: string | null
  /** In ms since the epoch; `null` while nobody is signed in. */
  readonly expiresAt: number | null
  /** The token's whole life in ms, where storage tells. */
  readonly lifetime: number | null
  /** The sign-in that the session descends from, and how often it was saved; where storage tells. */
  readonly lineage: string | null
  readonly revision: number | null
  /** Why the session ended, or why refreshes fail. */
  readonly error: string | null
  /** Whether refreshes fail, while somebody is signed in. */
  readonly isFailing: boolean
  readonly trouble: Trouble | null
  readonly deadlines: readonly Deadline[]
  /** `null` where the app has not said where the session lies. */
  readonly entries: readonly StoredEntry[] | null
  /** Why storage could not be read. */
  readonly storageError: string | null
  /** What is made to go wrong around the client, in words. */
  readonly faults: readonly string[]
  readonly moments: readonly Moment[]
}

/** Watches one client for its panel. */
export interface Monitor {
  readonly source: Source
  view(): View
  /** Looks at storage again, and whether the client is still in use. Never throws. */
  look(): Promise<void>
  /** Does what a button stands for. */
  run(choice: Choice): Promise<Words>
  clearMoments(): void
  /** Ends what is made to go wrong, as nobody sees any more that it is. */
  setRight(): void
  stop(): void
}

const EMPTY: Stored = { entries: [], record: null, patience: null, use: null }

/**
 * Whether the app has disposed of the client. A refresh with an empty token is answered without a
 * request, while there is a session: by `session_missing`, or else by `disposed`.
 */
const isDisposed = ({ auth }: Source): Promise<boolean> =>
  auth.refreshSession('').then(
    () => false,
    (error: unknown) => isAuthError(error, 'disposed'),
  )

/** Begins to watch a client. `onChange` is called whenever its view may have changed. */
export function createMonitor(source: Source, tab: string, onChange: () => void): Monitor {
  const { auth } = source
  const secrets = createSecrets()
  const history = createHistory(source, { tab, secrets, onChange })
  let stored = EMPTY
  let storageError: string | null = null
  let disposed = false
  let stopped = false

  async function readAll(): Promise<void> {
    try {
      stored = await readStored(source)
      storageError = null
    } catch (error) {
      storageError = failureText(error, secrets)
    }
  }

  async function lookOnce(): Promise<void> {
    await readAll()
    if (!disposed && auth.getSnapshot().session) disposed = await isDisposed(source)
    if (!stopped) onChange()
  }

  /** Looks that are asked for during one are one more after it. */
  let looking: Promise<void> | null = null
  let again = false
  function look(): Promise<void> {
    again = looking !== null
    looking ??= lookOnce().finally(() => {
      looking = null
      if (again && !stopped) look()
    })
    return looking
  }

  function setRight(): void {
    const { faults } = source
    if (!faults || faultWords(faults).length === 0) return
    faults.setRight()
    noticeClock(source)
    history.note({ title: 'Set all right', text: 'The panel was closed.', tone: 'plain' })
  }

  secrets.note(auth.getSnapshot().session)
  const stop = auth.subscribe(() => {
    secrets.note(auth.getSnapshot().session)
    look()
    onChange()
  })

  return {
    source,
    view: () =>
      toView(source, {
        snapshot: auth.getSnapshot(),
        stored,
        storageError,
        disposed,
        history,
        secrets,
      }),
    look,
    async run(choice) {
      const { isDisposed: isOver, ...words } = await attempt(choice, secrets)
      if (isOver) disposed = true
      if (!stopped) history.note(words)
      await look()
      return words
    },
    clearMoments: history.clear,
    setRight,
    stop() {
      setRight()
      stopped = true
      stop()
      history.stop()
    },
  }
}

interface Parts {
  readonly snapshot: Snapshot
  readonly stored: Stored
  readonly storageError: string | null
  readonly disposed: boolean
  readonly history: ReturnType<typeof createHistory>
  readonly secrets: Secrets
}

function toView(
  source: Source,
  { snapshot, stored, storageError, disposed, history, secrets }: Parts,
): View {
  const { status, session, error } = snapshot
  const isFailing = error !== null && session !== null && !disposed
  const trouble = isFailing
    ? troubleOf(source, stored, history.trouble(), failureText(error, secrets))
    : null
  // While storage is behind, or ahead, it tells of another token.
  const record = stored.record?.session.expiresAt === session?.expiresAt ? stored.record : null
  const known = { stored, trouble, ending: history.ending() }
  return {
    status: disposed ? 'disposed' : status,
    userId: session?.user?.id ?? null,
    expiresAt: session?.expiresAt ?? null,
    lifetime: record?.lifetime ?? null,
    lineage: record?.lineage ?? null,
    revision: record?.revision ?? null,
    error: error && failureText(error, secrets),
    isFailing,
    trouble,
    deadlines: session && !disposed ? deadlinesOf(source, { session, ...known }) : [],
    entries: source.place && stored.entries,
    storageError,
    faults: faultWords(source.faults),
    moments: history.moments(),
  }
}

/** What was heard of the failures of refreshes, and what storage knows of those before. */
function troubleOf(
  source: Source,
  stored: Stored,
  heard: Trouble | null,
  text: string,
): Trouble | null {
  const written = storedTrouble(source, stored)
  if (!heard) return written && { ...written, text }
  return { ...heard, failures: Math.max(heard.failures, written?.failures ?? 0) }
}
