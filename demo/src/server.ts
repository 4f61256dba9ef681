/** What the demo's server tells of itself. */
export interface ServerState {
  /** How many refresh requests it has had, of all tabs. */
  readonly refreshes: number
  readonly mode: string
}

/** How the server is now. */
export async function look(): Promise<ServerState> {
  const answer = await fetch('/demo/status')
  return answer.json()
}

/** Changes what the server does: `mode`, or `revoke` with the id of a session. */
export async function control(wish: Readonly<Record<string, string>>): Promise<void> {
  await fetch('/demo/control', { method: 'POST', body: JSON.stringify(wish) })
}

/** Signs Grace in as another device would, without the client of this page, and gives her refresh token. */
export async function tokenOfAnotherDevice(): Promise<string> {
  const answer = await fetch('/auth/v1/token?grant_type=password', {
    method: 'POST',
    body: JSON.stringify({ email: 'grace@example.com', password: 'correct horse' }),
  })
  const { refresh_token } = await answer.json()
  return String(refresh_token)
}
