import { AuthError } from '../../src/core/errors.js'
import { nameLineage } from '../../src/core/lineage.js'
import { nextAttempt } from '../../src/core/patience.js'
import { type SessionRecord, toRecord } from '../../src/core/record.js'
import type { SessionUser } from '../../src/core/session.js'
import { type SignedIn, untilDue } from '../../src/core/state.js'
import { hold, type Limits, type Now } from '../../src/core/timing.js'
import { seededRandom } from './surroundings.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const LIFETIME = 60 * MINUTE
const START = 1_700_000_000_000

/** How long the server is down, in seconds; it begins when the tokens of all are due. */
export const OUTAGE = 600
/** How long the herd is watched after that, in seconds: longer than any pause. */
const AFTER = 600
/** Over how many minutes people sign in, and for how many the herd is watched. */
export const SIGN_INS = 10
const WATCHED = SIGN_INS + 8 * 60

/** The numbers of a client that sets none. */
const LIMITS: Limits = {
  refreshMargin: MINUTE,
  waitMargin: 10 * SECOND,
  retryDelay: SECOND,
  maxRetryDelay: 30 * SECOND,
}

/**
 * How a herd goes about it. `old` is the pace of 0.1: twice as long each time, up to half a minute,
 * of which jitter took half, and due exactly a minute before the end; asked or not.
 */
export type Pace = 'idle' | 'asked' | 'old'

/** What a herd did; all are sums over its clients, but those that name the most. */
export interface HerdTally {
  readonly clients: number
  /** Requests in each second from the beginning of the outage. */
  readonly perSecond: number[]
  /**
   * Refreshes in each minute after the first sign-in, on a day without an outage. Empty for `asked`:
   * it would be that of `idle`.
   */
  readonly perMinute: number[]
  /** The most requests of one client in the outage. */
  mostRequests: number
  /** For how long a client is without a token after the recovery, in ms. */
  waited: number
  mostWaited: number
  /** The same for one that is asked for the first time at the moment of the recovery. */
  newcomerWaited: number
  mostNewcomerWaited: number
}

/** A herd of which nothing is known yet. */
export const emptyHerd = (): HerdTally => ({
  clients: 0,
  perSecond: new Array<number>(OUTAGE + AFTER).fill(0),
  perMinute: new Array<number>(WATCHED).fill(0),
  mostRequests: 0,
  waited: 0,
  mostWaited: 0,
  newcomerWaited: 0,
  mostNewcomerWaited: 0,
})

/** Two herds as one. */
export const joinHerds = (a: HerdTally, b: HerdTally): HerdTally => ({
  clients: a.clients + b.clients,
  perSecond: a.perSecond.map((count, i) => count + (b.perSecond[i] ?? 0)),
  perMinute: a.perMinute.map((count, i) => count + (b.perMinute[i] ?? 0)),
  mostRequests: Math.max(a.mostRequests, b.mostRequests),
  waited: a.waited + b.waited,
  mostWaited: Math.max(a.mostWaited, b.mostWaited),
  newcomerWaited: a.newcomerWaited + b.newcomerWaited,
  mostNewcomerWaited: Math.max(a.mostNewcomerWaited, b.mostNewcomerWaited),
})

/** `monotonic`: ms since the herd's beginning. */
const at = (monotonic: number, asked: boolean): Now => ({
  wall: START + monotonic,
  monotonic,
  asked,
})

const DOWN = new AuthError('server_error', 'Down.', { status: 503 })

type Client = SignedIn<SessionUser>
type Random = () => number

const GRANT = {
  accessToken: 'access',
  refreshToken: 'refresh',
  lifetime: LIFETIME,
  user: { id: 'ada' },
}

/** The session of somebody who signs in at this moment, in ms since the herd's beginning. */
function signIn(signedInAt: number, random: Random): SessionRecord<SessionUser> {
  const clock = { now: () => START + signedInAt, monotonic: () => 0, schedule: () => () => {} }
  const lineage = nameLineage({ clock, random }, [], undefined)
  return toRecord(GRANT, lineage, START + signedInAt)
}

/** A client whose token has arrived just now. */
const holding = (record: SessionRecord<SessionUser>, now: Now): Client => ({
  status: 'signed-in',
  held: hold(record, LIMITS, { now, sinceLook: Infinity, savedAt: null }),
  patience: null,
  absentSince: null,
  saved: true,
  ended: [],
})

/** The pause of 0.1 after so many failures, in ms. */
const oldPause = (failures: number, random: Random): number =>
  Math.min(30 * SECOND, SECOND * 2 ** (failures - 1)) * (0.5 + random() / 2)

/** One client from the moment at which its token is due, through the outage and to its next token. */
function sufferOutage(herd: HerdTally, pace: Pace, random: Random): void {
  const asked = pace === 'asked'
  const end = OUTAGE * SECOND
  const client = holding(signIn(-LIFETIME, random), at(-LIFETIME, false))
  let time = 0
  let newcomer = 0
  for (let failures = 1; time < end; failures++) {
    count(herd.perSecond, time / SECOND)
    herd.mostRequests = Math.max(herd.mostRequests, failures)
    const since = at(time, asked)
    if (pace === 'old') {
      time += oldPause(failures, random)
      newcomer = time
      continue
    }
    const patience = { failures, error: DOWN, spent: false, since, jitter: random() }
    const failing = { ...client, patience }
    time += untilDue(failing, at(time, asked), LIMITS)
    newcomer = Math.max(end, nextAttempt(patience, at(end, true), LIMITS))
  }
  count(herd.perSecond, time / SECOND)
  herd.waited += time - end
  herd.mostWaited = Math.max(herd.mostWaited, time - end)
  herd.newcomerWaited += newcomer - end
  herd.mostNewcomerWaited = Math.max(herd.mostNewcomerWaited, newcomer - end)
}

function count(counts: number[], place: number): void {
  const index = Math.floor(place)
  counts[index] = (counts[index] ?? 0) + 1
}

/** One client on a day without an outage, from its sign-in on. */
function liveOn(herd: HerdTally, pace: Pace, random: Random): void {
  let time = random() * SIGN_INS * MINUTE
  let record = signIn(time, random)
  for (;;) {
    const now = at(time, false)
    time += pace === 'old' ? LIFETIME - MINUTE : untilDue(holding(record, now), now, LIMITS)
    if (time >= WATCHED * MINUTE) return
    count(herd.perMinute, time / MINUTE)
    record = toRecord(GRANT, record, START + time)
  }
}

/** Takes so many clients through an outage and through a day. */
export function runHerd(pace: Pace, clients: number, seed: number): HerdTally {
  const herd = { ...emptyHerd(), clients }
  const random = seededRandom(seed)
  for (let client = 0; client < clients; client++) {
    sufferOutage(herd, pace, random)
    // On a day without an outage it makes no difference whether somebody asks.
    if (pace !== 'asked') liveOn(herd, pace, random)
  }
  return herd
}
