import { answer, refuse } from '../backend/answers.js'
import { type CookieJar, parseCookies, readCookie } from '../cookies/cookies.js'
import type { DeviceRoutes } from '../requests/device-binding.js'
import type { SealedDevices } from '../sealed/devices.js'
import { looksSealed, type Password } from '../sealed/seal.js'
import { createCrowd, createPace } from '../shared/crowd.js'
import type { DeviceSession, Identifiers } from './identifiers.js'
import { thumbprintOf } from './keys.js'
import type { BoundNote, Notes } from './notes.js'
import { readProof } from './proofs.js'
import { quoted, readWord } from './words.js'

/** What the routes work on. */
export interface DeviceRoutesDeps {
  readonly devices: SealedDevices
  /** The name of the session's cookie, and what seals it. */
  readonly cookieName: string
  readonly password: Password
  readonly notes: Notes
  readonly identifiers: Identifiers
  /** Without a slash at its end. */
  readonly path: string
  /** Milliseconds since the epoch. */
  now(): number
}

/** What the cookies of a renewal say of the session that it is for. */
type Standing =
  /** It is not there: another site has led somebody here, and the browser sends no cookie; or it is long over. */
  | { readonly type: 'absent' }
  | { readonly type: 'same' }
  /** It is over; or there is another session, or one of another key. */
  | { readonly type: 'over' }
  /** It cannot be read now. */
  | { readonly type: 'unknown' }

const NO_PROOF = {
  status: 400,
  code: 'invalid_argument',
  message: 'A browser that binds a session to its device sends `Secure-Session-Response`.',
} as const

const NOT_PROVEN = {
  status: 400,
  code: 'rejected',
  message: 'That is no proof of a key for a session that has just begun here.',
} as const

const NO_SESSION = {
  status: 400,
  code: 'invalid_argument',
  message: 'A browser that proves its key names the session in `Sec-Secure-Session-Id`.',
} as const

const UNKNOWN = {
  status: 503,
  code: 'unavailable',
  message: 'Whether the session lives cannot be told now: try again in a moment.',
  retryAfter: 1_000,
} as const

const CROWDED = {
  status: 503,
  code: 'unavailable',
  message: 'Too many browsers prove their keys at once: try again in a moment.',
  retryAfter: 1_000,
} as const

/** The most proofs that prove nothing of which is told in a minute: anybody may send them. */
const TOLD = 60
const MINUTE = 60_000

const SIGN_THIS = {
  status: 403,
  code: 'challenge',
  message: 'Sign the challenge of `Secure-Session-Challenge`.',
} as const

/** Makes what answers the browser's own requests: those that bind a session, and prove its key again. */
export function createDeviceRoutes(deps: DeviceRoutesDeps): DeviceRoutes {
  const { devices, cookieName, password, notes, identifiers, path, now } = deps

  /** The bound cookie, and how the browser is to look after it. */
  async function grant(identifier: string, note: BoundNote): Promise<Response> {
    const instructions = {
      session_identifier: identifier,
      refresh_url: `${path}/refresh`,
      scope: { include_site: false, scope_specification: [{ type: 'exclude', path }] },
      credentials: [{ type: 'cookie', ...notes.credential(note.key) }],
      // Who follows a link of another site is to be known here as well. The session's cookie decides where it is sent.
      allowed_refresh_initiators: ['*'],
    }
    return answer(instructions, await notes.write(note))
  }

  const within = createCrowd()
  const mayTell = createPace(TOLD, MINUTE, now)

  function reportRefusal(request: Request, sessionId?: string): void {
    if (mayTell()) devices.report({ type: 'device-refused', sessionId, request })
  }

  async function register(request: Request): Promise<Response> {
    const token = readWord(request.headers.get('Secure-Session-Response'))
    if (token === null) return refuse(NO_PROOF)
    const proof = await readProof(token, { now })
    const challenge = proof && (await notes.readChallenge(proof.challenge))
    if (!proof || challenge?.purpose !== 'register') {
      reportRefusal(request)
      return refuse(NOT_PROVEN)
    }
    const { sessionId } = challenge
    if (await devices.isSignedOut(sessionId)) return refuse(NOT_PROVEN)
    const identifier = await identifiers.write(sessionId, proof.key)
    const key = await thumbprintOf(proof.key)
    return grant(identifier, { sessionId, key, binds: true })
  }

  async function standingOf(jar: CookieJar, named: DeviceSession): Promise<Standing> {
    const values = readCookie(jar, cookieName, looksSealed)
    const read = await Promise.all(values.map((value) => devices.read({ value, password })))
    const open = read.flatMap((one, index) =>
      'reason' in one ? [] : [{ session: one, value: values[index] }],
    )
    const found = open.find(({ session }) => session.sessionId === named.sessionId)
    if (found) {
      const { session, value } = found
      const isOther = session.device !== undefined && session.device.key !== named.key
      const isOver = isOther || (await devices.isOver({ value, password }))
      return { type: isOver ? 'over' : 'same' }
    }
    if (read.some((one) => 'reason' in one && one.retryable)) return { type: 'unknown' }
    return { type: open.length > 0 ? 'over' : 'absent' }
  }

  /** A challenge. Chromium signs five of them for one renewal; then it gives the bound session up. */
  async function ask(identifier: string, { sessionId, key }: DeviceSession): Promise<Response> {
    const challenge = await notes.challenge({ purpose: 'renew', sessionId, key })
    const response = refuse(SIGN_THIS)
    const header = `${quoted(challenge)};id=${quoted(identifier)}`
    response.headers.set('Secure-Session-Challenge', header)
    return response
  }

  /** Whether the browser has signed what it was asked to. What is only old is asked for again, and no attack. */
  async function isProven(request: Request, named: DeviceSession): Promise<boolean> {
    const token = readWord(request.headers.get('Secure-Session-Response'))
    if (token === null) return false
    const { sessionId, key, publicKey } = named
    const proof = await readProof(token, { key: publicKey, now })
    if (!proof) reportRefusal(request, sessionId)
    const challenge = proof && (await notes.readChallenge(proof.challenge))
    if (!challenge) return false
    const isMeant =
      challenge.purpose === 'renew' && challenge.sessionId === sessionId && challenge.key === key
    if (!isMeant) reportRefusal(request, sessionId)
    return isMeant
  }

  async function renew(request: Request): Promise<Response> {
    const identifier = readWord(request.headers.get('Sec-Secure-Session-Id'))
    const named = identifier === null ? null : await identifiers.read(identifier)
    // To a browser 4xx is the end of its bound session: there is none of this name.
    if (identifier === null || !named) return refuse(NO_SESSION)
    const standing = await standingOf(parseCookies(request.headers.get('Cookie')), named)
    if (standing.type === 'unknown') return refuse(UNKNOWN)
    if (standing.type === 'over' || (await devices.isSignedOut(named.sessionId))) {
      return answer({ session_identifier: identifier, continue: false })
    }
    if (!(await isProven(request, named))) return ask(identifier, named)
    const { sessionId, key, isOurs } = named
    return grant(identifier, { sessionId, key, binds: isOurs })
  }

  const bounded = (work: (request: Request) => Promise<Response>) => (request: Request) =>
    within(
      () => work(request),
      () => refuse(CROWDED),
    )

  return { [`${path}/register`]: bounded(register), [`${path}/refresh`]: bounded(renew) }
}
