import type { Client } from './client.js'

/** What a test asks a context for. */
export type Question = 'sign-in' | 'sign-out' | 'token' | 'shown' | 'is-dead' | 'events' | 'life'

/** The answer to a question. @throws what the client throws */
export async function answer({ auth, events, life }: Client, question: Question): Promise<unknown> {
  const { status, session } = auth.getSnapshot()
  switch (question) {
    case 'sign-in':
      await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
      return null
    case 'sign-out':
      await auth.signOut()
      return null
    case 'token':
      return auth.getAccessToken()
    case 'shown':
      return session?.user?.email ?? status
    case 'is-dead':
      return session !== null && session.expiresAt <= Date.now()
    case 'events':
      return events
    case 'life':
      return life
  }
}
