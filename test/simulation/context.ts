import { isAuthError, isAuthSessionMissingError } from '../../src/core/errors.js'
import { leaseLock } from '../../src/environment/lease.js'
import { sessionTimeouts } from '../../src/timeouts/index.js'
import { visit } from './backend.js'
import { type Call, type Operation, perform } from './calls.js'
import { hear } from './events.js'
import { begunWith } from './exchanging.js'
import type { Mint, Sent } from './ledger.js'
import { LOSES_ANSWER, serve } from './network.js'
import { checkSend, excuseForLate, noteReuse } from './requests.js'
import { failingStorage, laggingStorage, lateAtFirst } from './storage.js'
import { createAbort } from './surroundings.js'
import { count } from './tally.js'
import type { Client, Opened } from './wire.js'
import { KEY, type World } from './world.js'

/** What a context is doing. */
export type Status = 'running' | 'frozen' | 'crashed' | 'disposed'

type Tab = ReturnType<World['browser']['tab']>

/** One tab with a client in it, and all that its user saw. */
export interface Context {
  readonly name: string
  /** By how many ms its clock is ahead of the others'. */
  readonly ahead: number
  /** Monotonic time at which it started. */
  readonly openedAt: number
  readonly tab: Tab
  readonly auth: Client
  readonly calls: Call[]
  /** The sessions, by the server's names, that were ended from here. */
  readonly ended: Set<string>
  readonly heard: Heard
  status: Status
  /** Monotonic time of the last freeze; Infinity while frozen. */
  frozenAt: number
  /** Monotonic time since which it is hidden; Infinity while it is not. */
  hiddenAt: number
  /** Monotonic time at which it was seen again after its timers had come once a minute. */
  slowAt: number
  /** Monotonic time until which this context's writes have failed. */
  trouble: number
  /** How many of its next writes fail. */
  failing: number
  /** Monotonic time until which this context's reads have failed. */
  blindAt: number
  /** Monotonic time until which they fail. */
  blindUntil: number
  /** Monotonic time at which a session came last, with which nothing has failed yet. */
  freshAt: number
  /** How many requests had left any context when this one was disposed of. */
  departuresAtDispose: number
  /** Lets somebody sign in in it. */
  readonly signIn: Opened['signIn']
  /** Somebody presses a key in it. */
  press(): void
  do(operation: Operation): Call
}

/** What listeners and callers were told. */
export interface Heard {
  readonly events: string[]
  readonly tokens: Set<string>
  /** The sessions whose end was heard. */
  readonly ended: Set<string>
  /** The server's session that was current last, and the place of its token. */
  session: string | null
  index: number
  /** The token of each session that was heard of last. */
  readonly last: Map<string, string>
  /** Its refresh token. */
  token: string | null
  accessToken: string | null
  /** The tokens that it began with, as one text. */
  first: string | null
}

/** Requests of one context, on their way through the network to the server and back. */
function watchedFetch(world: World, tab: Tab, context: () => Context): typeof fetch {
  const { ledger, wire } = world
  /** Whether a look-up has failed since the last request that was none. */
  let lookedInVain = false
  return (input, init) => {
    const { name } = context()
    const departure = ledger.depart()
    const begun = begunWith(departure)
    const isLookup = wire.isLookup(String(input).slice(wire.base.length))
    const inVain = lookedInVain
    if (!isLookup) lookedInVain = false
    let minted: Mint | null = null
    const send = tab.fetch(async (input, options) => {
      const request = input instanceof Request && !options ? input : new Request(input, options)
      const { url, method, headers } = request
      const text = await request.text()
      const path = url.slice(wire.base.length)
      const asked = visit(world, {
        by: name,
        departure,
        path,
        text,
        headers,
        signal: request.signal,
      })
      const token = asked ? asked.token : wire.presented(text)
      const sent = token ? ledger.send(name, departure, token) : null
      const { named = null } = asked ?? {}
      if (sent) Object.assign(sent, { begun, inVain })
      if (sent && named !== null) Object.assign(sent, { named, resume: named === '' })
      if (sent) checkSend(world, sent)
      const fault = world.options.meet(path)
      if (fault !== 'none') count(world.verdict.tally, `fault ${fault}`)
      try {
        const served = await serve(
          asked ?? wire,
          { url, method, headers, text },
          { fault, teapot: wire.teapot },
        )
        if (!served) throw new TypeError('fetch failed')
        if (!asked?.known) minted = ledger.answer(name, departure, sent, wire.read(served.body))
        const refused = served.status >= 400 || !minted
        if (world.jar && !minted) world.facts.untraced = world.clock.monotonic()
        const given = sent !== null && sent.landedAt < Infinity
        const lost = given || LOSES_ANSWER.has(fault)
        if (sent) {
          sent.outcome = lost ? 'lost' : refused ? 'refused' : 'answered'
          if (!lost) sent.status = served.status
        }
        // Without a cookie nothing was presented, but what was asked for in vain is asked for again.
        if (!sent && asked?.named !== undefined && !served.genuine) ledger.fail(name)
        if (isLookup && !served.genuine) lookedInVain = true
        if (sent && wire.refuses(served.status)) noteReuse(world, sent)
        world.trace('server', `${name} ${path.slice(0, 30)} → ${served.status} ${fault}`)
        return await (asked ? asked.bring(served) : served.reply())
      } catch (error) {
        if (sent) sent.outcome = 'lost'
        world.trace('server', `${name} ${path.slice(0, 30)} → ${fault}`)
        throw error
      }
    })
    const land = (): Sent[] => {
      const mine = ledger.sent.filter((sent) => sent.departure === departure)
      for (const sent of mine) {
        sent.landedAt = world.clock.monotonic()
        // Where cookies hold a session, the page of its sign-in may be answered after a start has found it.
        sent.renamed = world.jar !== null && context().freshAt >= ledger.departed(departure)
      }
      return mine
    }
    /** The page hears nothing of an answer, and so of nothing that the server said on the way. */
    const lose = (error: unknown): void => {
      if (world.jar) world.facts.untraced = world.clock.monotonic()
      const givenUp = isAuthError(error, 'superseded') || isAuthSessionMissingError(error)
      if (minted) minted.delivered = false
      for (const sent of land()) Object.assign(sent, { outcome: 'lost', status: 0, givenUp })
      if (isLookup) lookedInVain = true
      else ledger.fail(name)
    }
    return send(input, init).then(
      (response) => {
        land()
        if (minted) minted.delivered = true
        // The body comes after the headers, and whoever gives up between them has neither.
        init?.signal?.addEventListener('abort', () => lose(init.signal?.reason))
        return response
      },
      (error: unknown) => {
        lose(error)
        throw error
      },
    )
  }
}

/** Judges that a context goes on without the lock: that is not what a long line before it is for. */
function checkLate(world: World, name: string): void {
  const why = excuseForLate(world, name)
  world.trace(name, `goes on without the lock: ${why}`)
  world.verdict.check(
    'waits-in-line',
    why !== null,
    () => `${name} goes on without the lock, which is handed on from one to the next`,
  )
  world.facts.lockBroken ??= why
}

/** Opens a tab with a client in it. */
export function createContext(
  world: World,
  name: string,
  { ahead, late }: { readonly ahead: number; readonly late: number },
): Context {
  const { browser, options } = world
  const tab = browser.tab({ name, storage: options.storage, clockSkew: world.skew + ahead })
  const { lag = 0, timeouts } = options
  let press = (): void => {}
  const ends =
    timeouts &&
    sessionTimeouts({
      idleTimeout: timeouts.idle,
      absoluteTimeout: timeouts.absolute,
      activity(onActivity) {
        press = onActivity
        return () => {
          press = () => {}
        }
      },
    })
  const disk = lag > 0 ? laggingStorage(world, tab) : tab.storage
  const storage = failingStorage(world, () => context, lateAtFirst(tab, late, disk))
  const environment = {
    ...tab.environment,
    createAbort,
    report(error: unknown) {
      const late = isAuthError(error, 'timeout') && error.message.includes('lock')
      if (late) checkLate(world, name)
    },
  }
  const lock = options.lock === 'web' ? environment.lock : leaseLock({ ...environment, storage })
  const send = watchedFetch(world, tab, () => context)
  const { auth, signIn } = world.wire.open(world, {
    tab,
    send,
    options: {
      ...(ends && { timeouts: ends }),
      storage,
      storageKey: KEY,
      autoRefresh: options.autoRefresh,
      environment: { ...environment, lock },
    },
  })
  const context: Context = {
    name,
    ahead,
    openedAt: world.clock.monotonic(),
    tab,
    auth,
    signIn,
    calls: [],
    ended: new Set(),
    heard: {
      events: [],
      tokens: new Set(),
      ended: new Set(),
      session: null,
      index: -1,
      last: new Map(),
      token: null,
      accessToken: null,
      first: null,
    },
    status: 'running',
    frozenAt: -Infinity,
    hiddenAt: Infinity,
    slowAt: -Infinity,
    trouble: -Infinity,
    failing: 0,
    blindAt: -Infinity,
    blindUntil: -Infinity,
    freshAt: -Infinity,
    departuresAtDispose: Infinity,
    press: () => press(),
    do: (operation) => perform(world, context, operation),
  }
  auth.onAuthStateChange((...change) => hear(world, context, change))
  return context
}
