import { createManualClock } from '../../../src/testing/clock.js'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
} from '../../../src/testing/supertokens/index.js'

/** An answer in JSON, or `{}`. */
export type Body = Readonly<Record<string, unknown>>

/** What the wire answers, loosely. */
export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly text: string
  readonly body: Body
}

export const LEGACY: readonly string[] = ['1.0', '2.0', '2.1', '2.2', '2.3']

const parse = (text: string): Body => {
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return objectOf(parsed)
}

/** An object's fields; none of anything else. */
export const objectOf = (value: unknown): Body =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** The text of a token of an answer, such as `refreshToken`. */
export const tokenOf = (body: Body, name = 'refreshToken'): string =>
  String(objectOf(body[name]).token)

/** One part of a token that is written in base64 of either kind, unverified. */
export const partOf = (token: string, index: 0 | 1): Body =>
  parse(Buffer.from(token.split('.')[index] ?? '', 'base64').toString())

/** What an access token says, unverified. */
export const claimsOf = (body: Body): Body => partOf(tokenOf(body, 'accessToken'), 1)

/** What is said in a word: the status and, with it, what goes along. */
export function said({ status, text, body }: Answer): string {
  if (body.status === undefined) return `${status} ${text.trim()}`
  const detail = body.recentTokenReuseSubtype ?? body.message ?? ''
  return `${body.status} ${detail}`.trim()
}

/** How a desk asks. */
export interface DeskOptions extends ScriptedSuperTokensCoreOptions {
  /** What the desk speaks; `null` for silence. @default '5.4', for old cores '1.0' */
  readonly speak?: string | null
}

/** A scripted core on a manual clock, and short ways to talk to it. */
export function createDesk({ speak, ...options }: DeskOptions = {}) {
  const clock = createManualClock()
  const core = createScriptedSuperTokensCore({ clock, ...options })
  const old = options.versions?.includes('1.0') ?? false
  const version = speak === undefined ? (old ? '1.0' : '5.4') : speak
  const base = `http://localhost:3567${old ? '' : '/recipe'}`

  async function send(url: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...(version !== null && { 'cdi-version': version }), ...init.headers }
    const response = await core.fetch(url, { ...init, headers })
    const text = await response.text()
    const type = response.headers.get('content-type')
    return { status: response.status, type, text, body: parse(text) }
  }
  const ask = (method: string, path: string, body?: object): Promise<Answer> =>
    send(base + path, { method, ...(body && { body: JSON.stringify(body) }) })
  const choice = old ? {} : { enableAntiCsrf: false, useDynamicSigningKey: true }
  const data = { userDataInJWT: { role: 'a' }, userDataInDatabase: { d: 1 } }

  return {
    clock,
    core,
    send,
    ask,
    create: async (fields: object = {}): Promise<Body> =>
      (await ask('POST', '/session', { userId: 'u1', ...data, ...choice, ...fields })).body,
    refresh: (refreshToken: unknown, fields: object = {}): Promise<Answer> =>
      ask('POST', '/session/refresh', { refreshToken, ...choice, ...fields }),
    verify: (accessToken: unknown, fields: object = {}): Promise<Answer> =>
      ask('POST', '/session/verify', {
        accessToken,
        doAntiCsrfCheck: false,
        ...(!old && { enableAntiCsrf: false, checkDatabase: false }),
        ...fields,
      }),
    /** The session of an answer. */
    handle: (body: Body): string => String(objectOf(body.session).handle),
  }
}

export type Desk = ReturnType<typeof createDesk>
