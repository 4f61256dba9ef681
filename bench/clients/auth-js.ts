import { AuthClient, type AuthError, type Session } from '@supabase/auth-js'
import { install, type Outcome, type Peer, textOf } from './peer.js'

interface Answer {
  readonly data: { readonly session: Session | null }
  readonly error: AuthError | null
}

function outcome({ data, error }: Answer): Outcome {
  if (data.session) return { kind: 'session', token: data.session.access_token }
  return error ? { kind: 'error', error: textOf(error) } : { kind: 'none' }
}

const failure = (error: unknown): Outcome => ({ kind: 'error', error: textOf(error) })

function create(storageKey?: string): Peer {
  const auth = new AuthClient({
    url: `${location.origin}/auth/v1`,
    headers: { apikey: 'public' },
    ...(storageKey && { storageKey }),
  })
  return {
    async signIn(email, password) {
      const { error } = await auth.signInWithPassword({ email, password })
      if (error) throw error
    },
    getSession: () => auth.getSession().then(outcome, failure),
    refreshSession: () => auth.refreshSession().then(outcome, failure),
    on: (listener) => void auth.onAuthStateChange((event) => listener(event)),
    read: () => auth.getSession(),
  }
}

install(create)
