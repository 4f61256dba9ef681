/** A session as the server answers with it. */
export interface GoTrueAnswer {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly user: { readonly id: string }
}

/** Whether an answer holds a session. */
export const isAnswer = (body: unknown): body is GoTrueAnswer =>
  typeof body === 'object' && body !== null && 'refresh_token' in body && 'access_token' in body

/** The server's session that an access token is of. */
export function sessionOf(accessToken: string): string {
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
  return String(claims.session_id)
}
