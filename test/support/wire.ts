import {
  type GoTrueOptions,
  type GoTrueProvider,
  gotrue,
} from '../../src/providers/gotrue/index.js'

/** One request as it left. */
export interface SentRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: unknown
  readonly redirect: RequestRedirect
}

/** What the far end answers: a status with JSON, a whole response, or nothing at all. */
export type Reply = readonly [status: number, body: unknown] | Response | 'lost'

const toResponse = (reply: Exclude<Reply, 'lost'>): Response =>
  reply instanceof Response ? reply : new Response(JSON.stringify(reply[1]), { status: reply[0] })

/** A provider whose requests are recorded and answered by hand, in order. */
export function wire(...replies: Reply[]): {
  readonly provider: GoTrueProvider
  readonly sent: SentRequest[]
} {
  return wireWith({}, ...replies)
}

/** As `wire`, with options of the provider. */
export function wireWith(options: Partial<GoTrueOptions>, ...replies: Reply[]) {
  const sent: SentRequest[] = []
  const provider = gotrue({
    url: 'https://auth.example/auth/v1/',
    async fetch(input, init) {
      const request = new Request(input, init)
      const text = await request.text()
      sent.push({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        redirect: request.redirect,
        body: text === '' ? null : JSON.parse(text),
      })
      const reply = replies.shift()
      if (reply === undefined) throw new Error('No reply was prepared for this request.')
      if (reply === 'lost') throw new TypeError('fetch failed')
      return toResponse(reply)
    },
    ...options,
  })
  return { provider, sent }
}

/** A context whose signal never aborts. */
export const context = () => ({ signal: new AbortController().signal })

/** An unsigned JWT with these claims: a provider only reads it. */
export const jwt = (claims: Readonly<Record<string, unknown>>): string => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256' })}.${part(claims)}.c2lnbmF0dXJl`
}
