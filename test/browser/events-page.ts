// The page of an app with a backend, which hears of ends by an event stream.
import { AuthClient } from 'holdfast'
import { backend } from 'holdfast/providers/backend'
import { backendEvents } from 'holdfast/providers/backend/events'

const auth = new AuthClient({ provider: backend() })
const told: string[] = []
auth.onAuthStateChange((event, session) => {
  told.push(`${event} ${session?.user?.id ?? 'nobody'}`)
})
backendEvents(auth)

declare global {
  interface Window {
    /** What the client of this page has told. */
    told: string[]
  }
}
window.told = told
