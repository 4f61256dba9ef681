import { AuthClient, chromeStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'

/** Where the server is: the build says so. */
declare const SERVER: string

/** A client of the extension, and what it was told. */
export interface Client {
  readonly auth: ReturnType<typeof makeAuth>
  readonly events: readonly string[]
  /** Another one each time that the context starts. */
  readonly life: string
}

const makeAuth = () =>
  new AuthClient({ provider: gotrue({ url: `${SERVER}/auth/v1` }), storage: chromeStorage() })

/** The client that every context of the extension makes. */
export function openClient(): Client {
  const auth = makeAuth()
  const events: string[] = []
  auth.onAuthStateChange((event, _, { origin }) => events.push(`${event} ${origin}`))
  return { auth, events, life: crypto.randomUUID() }
}
