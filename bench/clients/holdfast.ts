import { AuthClient, type Session } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { install, type Outcome, type Peer, textOf } from './peer.js'

const session = (found: Session | null): Outcome =>
  found ? { kind: 'session', token: found.accessToken } : { kind: 'none' }

const failure = (error: unknown): Outcome => ({ kind: 'error', error: textOf(error) })

function create(storageKey?: string): Peer {
  const auth = new AuthClient({
    provider: gotrue({ url: `${location.origin}/auth/v1`, apiKey: 'public' }),
    storageKey,
  })
  return {
    signIn: async (email, password) => void (await auth.signIn({ email, password })),
    getSession: () => auth.getSession().then(session, failure),
    refreshSession: () => auth.refreshSession().then((result) => session(result.session), failure),
    on: (listener) => void auth.onAuthStateChange((event) => listener(event)),
    read: () => auth.getSession(),
  }
}

install(create)
