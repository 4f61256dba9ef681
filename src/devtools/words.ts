import { toNote } from '../core/error-note.js'
import { AuthError, isAuthError } from '../core/errors.js'
import type { AuthChange, SignOutReason } from '../core/events.js'
import type { DebugEntry } from '../core/store.js'
import type { Secrets } from './secrets.js'

/** How much a moment matters, from what is as it should be to what ends a session. */
export type Tone = 'plain' | 'good' | 'warning' | 'bad'

/** What is told of one moment. Holds no token. */
export interface Words {
  readonly title: string
  readonly text: string
  readonly tone: Tone
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time as people say it; two units at the most. `ms` below zero counts as none. */
export function duration(ms: number): string {
  const left = Math.max(0, Math.ceil(ms / SECOND) * SECOND)
  if (left < MINUTE) return `${left / SECOND} s`
  if (left < HOUR) return pair(left, [MINUTE, 'min'], [SECOND, 's'])
  if (left < DAY) return pair(left, [HOUR, 'h'], [MINUTE, 'min'])
  return pair(left, [DAY, 'd'], [HOUR, 'h'])
}

type Unit = readonly [size: number, name: string]

function pair(ms: number, [size, name]: Unit, [part, partName]: Unit): string {
  const rest = Math.floor((ms % size) / part)
  return `${Math.floor(ms / size)} ${name}${rest > 0 ? ` ${rest} ${partName}` : ''}`
}

/** The time of day, by this device. `at`: ms since the epoch. */
export const timeOfDay = (at: number): string => new Date(at).toLocaleTimeString('en-GB')

/** A number of bytes as people say it. */
export const bytes = (size: number): string =>
  size < 1_000 ? `${size} B` : `${(size / 1_000).toFixed(1)} kB`

/** What failed, without the client's tokens, nor what may be one: servers repeat what they were sent. */
export function failureText(error: unknown, { hide }: Secrets): string {
  if (!isAuthError(error)) return error instanceof Error ? error.name : 'Something failed.'
  const { code, message, status } = toNote(new AuthError(error.code, hide(error.message), error))
  return `${code}${status === undefined ? '' : ` (${status})`}: ${message}`
}

const REASONS: Readonly<Record<SignOutReason, string>> = {
  user: 'The app called signOut().',
  'other-context': 'Another tab signed out.',
  'refresh-rejected': 'The server refused the refresh token for good.',
  'subject-changed': 'The server answered with the session of another person.',
  'key-lost': 'The key that the tokens are bound to is gone from this browser.',
  expired: 'The access token ran out, and there is no refresh token.',
  'storage-cleared': 'The stored session was deleted.',
  idle: 'Nobody used the session for too long.',
  absolute: 'The session has lasted as long as it may.',
}

/** What an event means. `now`: ms since the epoch. */
export function eventWords(change: AuthChange, now: number, secrets: Secrets): Words {
  const [title, , { origin }] = change
  const { text, tone } = describe(change, now, secrets)
  const elsewhere = origin === 'other-context' && title !== 'SIGNED_OUT'
  return { title, text: `${text}${elsewhere ? ' It began in another tab.' : ''}`.trim(), tone }
}

function describe(change: AuthChange, now: number, secrets: Secrets): Omit<Words, 'title'> {
  const [event, session, detail] = change
  switch (event) {
    case 'INITIAL_SESSION':
      return {
        text: session ? `${who(session)} is signed in.` : 'Nobody is signed in.',
        tone: 'plain',
      }
    case 'SIGNED_IN':
      return { text: `${who(session)} has signed in.`, tone: 'good' }
    case 'TOKEN_REFRESHED':
      return { text: `The new token lives ${duration(session.expiresAt - now)}.`, tone: 'good' }
    case 'SIGNED_OUT':
      return { text: REASONS[detail.reason], tone: 'bad' }
    case 'REFRESH_FAILED': {
      const { nextAttemptAt: at } = detail
      const next = at < Infinity ? `Next try by ${timeOfDay(at)}.` : 'It is not tried again.'
      return { text: `${failureText(detail.error, secrets)} ${next}`, tone: 'warning' }
    }
    case 'SESSION_ENDING':
      return {
        text: `${REASONS[detail.reason]} The end is at ${timeOfDay(detail.endsAt)}.`,
        tone: 'warning',
      }
    case 'SESSION_EXTENDED':
      return { text: 'Somebody is there: the end has moved away.', tone: 'plain' }
    default:
      return { text: '', tone: 'plain' }
  }
}

const who = ({ user }: { readonly user: { readonly id: string } | null }): string =>
  user ? user.id : 'Somebody without a name'

/** What a step of the engine means. */
export function stepWords(entry: DebugEntry): Words {
  const { type, status, seen, code, revision, failures, saved } = entry
  const parts = [
    status,
    seen && `storage has: ${seen}`,
    revision !== undefined && `revision ${revision}`,
    failures ? `${failures} failed in a row` : '',
    code,
    saved === false && 'not saved yet',
  ]
  return { title: type, text: parts.filter(Boolean).join(', '), tone: 'plain' }
}
