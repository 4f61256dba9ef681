/** What runs in the page: an app that was written for auth-js. In one build its import is swapped. */

import { AuthClient, isAuthApiError, type Session } from '@supabase/auth-js'

const auth = new AuthClient({
  url: `${location.origin}/auth/v1`,
  storageKey: 'sb-app-auth-token',
  flowType: location.search.includes('flow=pkce') ? 'pkce' : 'implicit',
})

const events: string[] = []
let current: Session | null = null
auth.onAuthStateChange(async (event, session) => {
  current = session
  events.push(event)
  // Nobody who awaits a method in a listener waits for ever.
  await auth.getSession()
})

const app = {
  auth,
  events,
  who: () => current?.user.email ?? null,
  async signUp(email: string, password: string): Promise<string> {
    const { data, error } = await auth.signUp({ email, password })
    if (isAuthApiError(error)) return `${error.status} ${error.code}`
    return data.user?.email ?? 'nobody'
  },
}

declare global {
  interface Window {
    app: typeof app
  }
}

window.app = app
