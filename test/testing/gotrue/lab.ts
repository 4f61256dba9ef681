import { createHash, createHmac } from 'node:crypto'
import { createManualClock } from '../../../src/testing/clock.js'
import {
  type AccessTokenHook,
  createScriptedGoTrue,
  type ScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../../src/testing/gotrue/index.js'
import { linkActs, passkeyActs } from './lab-acts.js'
import { MFA_ACTS, webauthnChallengeOf } from './lab-mfa.js'
import type { Reply } from './shape.js'

type Fields = Readonly<Record<string, unknown>>

const PASSWORD = 'correct-horse-1'
const SECRET = 'what the lab signs expired tokens with'

export const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const claimsOf = (jwt: string): Fields =>
  objectOf(parsed(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()))

/** The same token with other claims, signed as the server signs. */
function signedAnew(jwt: string, claims: Fields): string {
  const [head] = jwt.split('.')
  const body = JSON.stringify({ ...claimsOf(jwt), ...claims })
  const text = `${head}.${Buffer.from(body).toString('base64url')}`
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
}

/** A token whose last characters are others. */
const broken = (token: string): string =>
  token.slice(0, -4) + [...token.slice(-4)].map((c) => (c === 'A' ? 'B' : 'A')).join('')

/** What the lab makes of a session's tokens, by the name that it has in the captures. */
const MADE: Readonly<Record<string, (of: (name: string) => string) => string>> = {
  expired: (of) => signedAnew(of('access'), { exp: 1_600_000_000 }),
  tampered: (of) => broken(of('access')),
  'of-nobody': (of) => signedAnew(of('access'), { sub: '00000000-0000-4000-a000-000000000000' }),
  broken: (of) => broken(of('0')),
}

/**
 * What was asked: `POST /path api=… auth="…" {…}`, `form a=b` for the body of a form, or
 * `OPTIONS /path may=POST:authorization,apikey` for a preflight.
 */
const REQUEST =
  /^(\w+) (\S+)(?: api=(\S+))?(?: auth=("(?:[^"\\]|\\.)*"))?(?: may=(\w+):(\S+))?(?: (form))?(?: (.*))?$/s

const ORIGIN = 'https://app.example.test'

/** The body as it is sent: JSON as it stands, a JSON text as its contents. */
function bodyOf(text: string | undefined): string | undefined {
  const value = text === undefined ? undefined : parsed(text)
  if (typeof value !== 'string') return text
  const [, bytes] = /^<(\d+) bytes>$/.exec(value) ?? []
  return bytes ? ' '.repeat(Number(bytes)) : value
}

/** A scripted server that is asked as a real one was, and on which the same things are done by hand. */
export interface Lab {
  /** Sends a request of a capture, and keeps what it gives under the name of its step. */
  ask(request: string, step: string): Promise<Reply>
  /** Does something that was not captured. @throws when it fails, so that no story goes on without */
  act(line: string): Promise<void>
}

/** What a lab knows: tokens and people by name. */
function createNotes() {
  const texts = new Map<string, string>()
  const people = new Map<string, string>()
  function get(name: string): string {
    const found = texts.get(name)
    if (found !== undefined) return found
    const [owner = '', what = ''] = name.split('.')
    const make = MADE[what]
    if (!make || !texts.has(`${owner}.access`)) throw new Error(`There is no ${name}.`)
    return make((other) => get(`${owner}.${other}`))
  }
  return {
    get,
    set: (name: string, text: unknown): void => void texts.set(name, String(text)),
    has: (name: string): boolean => texts.has(name),
    fill: (text: string): string => text.replace(/\{\{([\w.-]+)\}\}/g, (_, name) => get(name)),
    userId: (email: string): string => people.get(email) ?? '',
    sessionId: (label: string): string => String(claimsOf(get(`${label}.access`)).session_id),
    meet(body: Fields): void {
      const { id, email } = objectOf(body.user ?? body)
      if (typeof id === 'string' && typeof email === 'string') people.set(email, id)
    },
  }
}

type Notes = ReturnType<typeof createNotes>

/** Keeps the session of an answer as `label`: its access token, and its first refresh token. */
function keep(notes: Notes, label: string, { status, body }: Reply): void {
  const { access_token: access, refresh_token: refresh } = objectOf(body)
  if (status !== 200 || refresh === undefined) throw new Error(`${label}: ${JSON.stringify(body)}`)
  notes.set(`${label}.access`, access)
  notes.set(`${label}.0`, refresh)
}

/** What acts work with. */
export interface Bench {
  readonly server: ScriptedGoTrue
  readonly notes: Notes
  post(path: string, body: object, token?: string): Promise<Reply>
  /** Sends as somebody who is signed in. */
  send(label: string, path: string, init: RequestInit): Promise<Reply>
  put(label: string, body: string): Promise<Reply>
  get(label: string, path: string): Promise<Reply>
}

const token = (grant: string): string => `/token?grant_type=${grant}`

/** Trades a refresh token, and keeps the next one by a name. */
async function trade({ post, notes }: Bench, from: string, name: string): Promise<void> {
  const { body } = await post(token('refresh_token'), { refresh_token: notes.get(from) })
  const { refresh_token: next } = objectOf(body)
  if (next === undefined) throw new Error(`${name}: ${JSON.stringify(body)}`)
  notes.set(name, next)
}

/** A hook as a capture writes it: claims in JSON, or the text that it refuses with. */
function hookOf(text: string): AccessTokenHook {
  return text.startsWith('{')
    ? { claims: objectOf(parsed(text)) }
    : { refuse: { status: 403, message: text } }
}

/** What is done by hand, by its first word. */
const ACTS: Readonly<Record<string, (bench: Bench, ...words: string[]) => unknown>> = {
  create: ({ server, notes }, email = '') =>
    notes.meet({ ...server.createUser({ email, password: PASSWORD }) }),
  'sign-up': async ({ post, notes }, email = '', _as = '', label = '') =>
    keep(notes, label, await post('/signup', { email, password: PASSWORD })),
  'sign-in': async ({ post, notes }, email = '', _as = '', label = '') =>
    keep(notes, label, await post(token('password'), { email, password: PASSWORD })),
  async refresh(bench, label = '') {
    let newest = 0
    while (bench.notes.has(`${label}.${newest + 1}`)) newest++
    await trade(bench, `${label}.${newest}`, `${label}.${newest + 1}`)
  },
  async renew({ post, notes }, label = '') {
    const spent = { refresh_token: notes.get(`${label}.0`) }
    keep(notes, label, await post(token('refresh_token'), spent))
  },
  anonymous: async ({ post, notes }, _as = '', label = '') =>
    keep(notes, label, await post('/signup', {})),
  spend: (bench, from = '', _as = '', name = '') => trade(bench, from, name),
  post: ({ post }, path = '', ...body) => post(path, objectOf(parsed(body.join(' ')))),
  put: ({ put }, label = '', ...body) => put(label, body.join(' ')),
  get: ({ get }, label = '', path = '') => get(label, path),
  mail({ server, notes }, to = '', _as = '', name = '') {
    const message = server.messages.filter((sent) => sent.to === to).at(-1)
    notes.set(`${name}.code`, message?.code)
    notes.set(`${name}.hash`, message?.tokenHash)
  },
  ban: ({ server, notes }, email = '') => server.ban(notes.userId(email)),
  unban: ({ server, notes }, email = '') => server.ban(notes.userId(email), false),
  'delete-user': ({ server, notes }, email = '') => server.deleteUser(notes.userId(email)),
  'end-session': ({ server, notes }, label = '') => server.endSession(notes.sessionId(label)),
  expire: ({ server, notes }, label = '', why = '') =>
    server.expireSession(
      notes.sessionId(label),
      why === 'inactivity' || why === 'newer-login' || why === 'low-aal' ? why : 'time',
    ),
  lock: ({ server, notes }, label = '') => server.lockSession(notes.sessionId(label)),
  unlock: ({ server, notes }, label = '') => server.lockSession(notes.sessionId(label), false),
  hook: ({ server }, ...words) => server.setAccessTokenHook(hookOf(words.join(' '))),
  async 'id-token'(
    { server, notes },
    email = '',
    _as = '',
    name = '',
    _of = '',
    nonce = 'another',
  ) {
    const hash = createHash('sha256').update(nonce).digest('hex')
    notes.set(`${name}.token`, await server.issueIdToken({ email, nonce: hash }))
  },
  'no-hook': ({ server }) => server.setAccessTokenHook(null),
  'rotate-keys': ({ server }) => server.rotateKeys(),
  ...MFA_ACTS,
  deny: ({ server }) => server.denyNextAuthorize(),
  limit: ({ server }) => server.fail({ type: 'rate-limited' }),
  ...passkeyActs,
  ...linkActs,
}

async function read(response: Response, isPreflight: boolean): Promise<Reply> {
  const { status, headers } = response
  const said = isPreflight
    ? [...headers].map(([name, value]) => `${name}=${value}`)
    : ['x-sb-error-code', 'x-supabase-api-version'].flatMap((name) => headers.get(name) ?? [])
  return { status, said, location: headers.get('location'), body: parsed(await response.text()) }
}

/** Makes a lab. Its clock stands, but for a millisecond before each request, and `at` seconds. */
export function createLab(options: ScriptedGoTrueOptions): Lab {
  const clock = createManualClock({ now: 1_700_000_000_000 })
  const start = clock.now()
  const server = createScriptedGoTrue({
    clock,
    path: '',
    jwtSecret: SECRET,
    redirectUrls: ['https://app.example.test/**'],
    ...options,
  })
  const notes = createNotes()

  async function send(path: string, init: RequestInit): Promise<Reply> {
    await clock.advance(1)
    const response = await server.fetch(`http://localhost${path}`, { redirect: 'manual', ...init })
    return read(response, init.method === 'OPTIONS')
  }
  const sendJson = async (path: string, init: RequestInit): Promise<Reply> => {
    const reply = await send(path, init)
    notes.meet(objectOf(reply.body))
    return reply
  }
  const sendAs: Bench['send'] = (label, path, init) => {
    const headers = { authorization: `Bearer ${notes.get(`${label}.access`)}` }
    return sendJson(path, { ...init, headers })
  }
  const bench: Bench = {
    server,
    notes,
    post: (path, body, token) => {
      const headers = token ? { authorization: `Bearer ${token}` } : {}
      return sendJson(path, { method: 'POST', body: JSON.stringify(body), headers })
    },
    send: sendAs,
    put: (label, body) => sendAs(label, '/user', { method: 'PUT', body }),
    get: (label, path) => sendAs(label, path, {}),
  }

  return {
    async ask(request, step) {
      const [, method = '', path = '', api = '2024-01-01', auth, may, names = '', form, text] =
        REQUEST.exec(notes.fill(request)) ?? []
      const body = bodyOf(text)
      const headers = {
        ...(api !== 'none' && { 'X-Supabase-Api-Version': api }),
        ...(auth && { authorization: String(parsed(auth)) }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(may && {
          origin: ORIGIN,
          'access-control-request-method': may,
          'access-control-request-headers': names,
        }),
      }
      const reply = await sendJson(path, { method, headers, ...(body !== undefined && { body }) })
      for (const [name, value] of Object.entries(objectOf(reply.body))) {
        if (typeof value === 'string') notes.set(`${step}.${name}`, value)
      }
      const { url, redirect_url, options } = objectOf(reply.body)
      const there = new URL(String(url ?? redirect_url ?? reply.location ?? 'about:blank'))
        .searchParams
      for (const [name, value] of there) notes.set(`${step}.${name}`, value)
      const challenge = webauthnChallengeOf(reply.body) ?? objectOf(options).challenge
      if (challenge) notes.set(`${step}.challenge`, challenge)
      return reply
    },
    async act(line) {
      const [word = '', ...words] = line.split(' ')
      const [step = '', ...request] = words
      if (word === 'ask') {
        await this.ask(request.join(' '), step)
        return
      }
      if (word === 'at') return clock.advance(start + Number(words[0]) * 1000 - clock.now())
      const act = ACTS[word]
      if (!act) throw new Error(`The lab cannot ${word}.`)
      await act(bench, ...words)
    },
  }
}
