/** What the panel asks of the scripted server. Your app has no such thing. */
export interface Wish {
  readonly mode?: string
  readonly role?: { readonly email: string; readonly organizationId: string; readonly role: string }
  readonly lifetime?: number
  readonly end?: string
  readonly impersonate?: string
}

/** How the scripted server is. */
export interface State {
  readonly mode: string
  /** The life of its access tokens, in ms. */
  readonly lifetime: number
  /** How many refresh tokens were exchanged so far. */
  readonly exchanges: number
}

const address = (): string => {
  const url = process.env.DEMO_CONTROL_URL
  if (!url) throw new Error('Start this demo by `npm start`: it needs the scripted server.')
  return url
}

export async function ask(wish: Wish = {}): Promise<State> {
  const answer = await fetch(address(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(wish),
    cache: 'no-store',
  })
  return answer.json()
}
