import { AuthClient, isAuthError } from 'holdfast'
import {
  type GoTrueActions,
  type GoTrueCredentials,
  type GoTrueUser,
  gotrue,
} from 'holdfast/providers/gotrue'
import type { FakeTab, FetchLike } from 'holdfast/testing'

/** One thing that happened in a tab. It tells names and times, never a token. */
export interface Entry {
  readonly id: number
  /** In ms since the playground began, by the server's clock. */
  readonly at: number
  readonly text: string
  readonly kind: string
}

/** A tab of the playground: a client with surroundings of its own. */
export interface Tab {
  readonly name: string
  readonly auth: AuthClient<GoTrueCredentials, GoTrueUser, GoTrueActions>
  /** What it stands in: its network, its clock, its wakes. */
  readonly surroundings: FakeTab
  /** What happened, newest first. */
  entries(): readonly Entry[]
  /** How many requests it has sent to the server. */
  requests(): number
  /** Calls the client, and tells what came of it. */
  attempt(what: string, call: () => Promise<unknown>): Promise<void>
  /** Closes it as a person does: nothing that it began goes on. */
  close(): void
}

const LONGEST = 8
/** Where the scripted server seems to be. Nothing is sent there: it answers in this page. */
export const SERVER_URL = 'https://auth.example/auth/v1'

function describe(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return `${error.code}${error.retryable ? ', may pass' : ''}`
}

/** What a tab is part of. */
export interface TabPlace {
  /** Brings its requests to the server. */
  readonly send: FetchLike
  /** In ms since the playground began, by the server's clock. */
  readonly now: () => number
  /** Called when something in the tab may look different. */
  readonly onChange: () => void
}

/** Opens a tab in a fake browser. */
export function openTab(surroundings: FakeTab, { send, now, onChange }: TabPlace): Tab {
  let requests = 0
  let told = 0
  let entries: readonly Entry[] = []
  const tell = (text: string, kind: string): void => {
    entries = [{ id: ++told, at: now(), text, kind }, ...entries].slice(0, LONGEST)
    onChange()
  }
  const counted: FetchLike = (input, init) => {
    requests++
    return send(input, init)
  }
  const auth = new AuthClient({
    provider: gotrue({ url: SERVER_URL, fetch: surroundings.fetch(counted) }),
    storage: surroundings.storage,
    environment: surroundings.environment,
  })
  auth.onAuthStateChange((event, session, detail) => {
    const reason = 'reason' in detail ? `: ${detail.reason}` : ''
    const failure = 'error' in detail && detail.error ? ` (${describe(detail.error)})` : ''
    const origin = detail.origin === 'other-context' ? ', begun in another tab' : ''
    const found = event === 'INITIAL_SESSION' ? (session ? ': a session' : ': nobody') : ''
    tell(`${event}${found}${reason}${failure}${origin}`, event)
  })
  auth.subscribe(onChange)
  return {
    name: surroundings.name,
    auth,
    surroundings,
    entries: () => entries,
    requests: () => requests,
    async attempt(what, call) {
      try {
        tell(`${what} gave ${(await call()) === null ? 'null' : 'a session'}`, 'plain')
      } catch (error) {
        tell(`${what} failed: ${describe(error)}`, 'error')
      }
    },
    close() {
      auth.dispose()
      surroundings.crash()
    },
  }
}
