// What the demo adds to the app: the scripted core and its outages, the thief, and the page.
import { join } from 'node:path'
import express from 'express'
import { memoryCoordinator } from 'holdfast/server'
import { createSuperTokens } from 'holdfast/server/supertokens'
import { createScriptedSuperTokensCore } from 'holdfast/testing'
import { createApp } from './app.mjs'
import { createThief } from './thief.mjs'

/** Access tokens live half a minute, so that a visitor sees them change; in ms. */
const LIFETIME = 30_000
/** How long the result of a refresh is replayed, in ms: short, so that theft shows. */
const REPLAY = 2_000
/** How long a call to the core may take, in ms. */
const TIMEOUT = 4_000

const MODES = {
  up: null,
  down: { type: 'status', status: 503 },
  hanging: { type: 'hang' },
}
const CHOICES = ['revoke', 'report']

/**
 * Lets two refreshes be at one moment, however slow the browser is: once `expect` was called, the
 * next one waits for another. Both carry the same cookie then, as no answer has brought a new one.
 */
function createMeeting() {
  let expected = false
  let release = null
  const open = () => {
    release?.()
    release = null
  }
  return {
    expect() {
      expected = true
    },
    async arrive() {
      if (release) return open()
      if (!expected) return
      expected = false
      await new Promise((resolve) => {
        release = resolve
        // Where the other does not come, this one goes on alone.
        setTimeout(open, TIMEOUT).unref()
      })
    },
  }
}

/** Sessions whose answer to theft can be switched while they run; `traded` hears of each refresh. */
function createSwitched({ core, state, meeting, traded }) {
  const coordinator = memoryCoordinator()
  const [revoking, reporting] = CHOICES.map((choice) =>
    createSuperTokens({
      hosts: 'http://localhost:3567',
      fetch: core.fetch,
      requestTimeout: TIMEOUT,
      onTheft: choice,
      coordinator,
      reuseWindow: REPLAY,
      // This demo is plain http, on the loopback.
      cookies: { secure: false },
    }),
  )
  return {
    ...revoking,
    async refreshSession(token, ...rest) {
      await meeting.arrive()
      const chosen = state.onTheft === 'revoke' ? revoking : reporting
      const tokens = await chosen.refreshSession(token, ...rest)
      traded(token)
      return tokens
    },
  }
}

/** How good refresh tokens are still, by when they were first traded for others. */
function createConditions(core) {
  const times = new Map()
  return {
    traded(token) {
      if (!times.has(token)) times.set(token, Date.now())
    },
    of({ handle, jar }) {
      if (!core.sessions().some((session) => session.handle === handle)) return 'over'
      if (!jar.has('sRefreshToken')) return 'gone'
      const time = times.get(decodeURIComponent(jar.get('sRefreshToken')))
      if (time === undefined) return 'good'
      return Date.now() < time + REPLAY ? 'replayed' : 'replaced'
    },
  }
}

/** What the page shows besides the session. */
function createView({ core, thief, state, conditions }) {
  const isExchange = ({ returned, path }) => returned && path.endsWith('/refresh')
  return () => {
    const { loot } = thief
    const exchanges = core.requests.filter(isExchange).length
    if (!loot) return { ...state, exchanges, thief: null }
    const { name, last } = loot
    return { ...state, exchanges, thief: { name, last, copy: conditions.of(loot) } }
  }
}

/** What the buttons of the page do. */
function createSwitches({ core, thief, state, meeting }) {
  return ({ mode, onTheft, forget, meet } = {}) => {
    if (Object.hasOwn(MODES, mode ?? '')) {
      state.mode = mode
      core.heal()
      const fault = MODES[mode]
      if (fault) core.fail(fault, { times: Number.POSITIVE_INFINITY })
    }
    if (CHOICES.includes(onTheft)) state.onTheft = onTheft
    if (forget) thief.forget()
    if (meet) meeting.expect()
  }
}

/** A page elsewhere cannot send this type without being asked first. */
function onlyJSON(request, response, next) {
  if (request.method === 'GET' || request.is('json')) next()
  else response.sendStatus(415)
}

function createRoutes(auth, lab) {
  const { thief } = lab
  const [view, change] = [createView(lab), createSwitches(lab)]
  const routes = express.Router()
  routes.use(['/demo', '/auth/session/refresh/copy'], onlyJSON, express.json())
  routes.get('/demo', (_request, response) => response.json(view()))
  routes.post('/demo', (request, response) => {
    change(request.body)
    response.json(view())
  })
  // Below the path of the refresh cookie, or the browser would not send it here.
  routes.post('/auth/session/refresh/copy', auth.verifySession(), (request, response) => {
    const [, token] = /(?:^|; )sRefreshToken=([^;]+)/.exec(request.headers.cookie ?? '') ?? []
    const session = auth.sessionOf(request)
    const { name } = session.getJWTPayload()
    if (token) thief.copy(token, { name, handle: session.getHandle() })
    response.json(view())
  })
  routes.post('/demo/thief', async (request, response) => {
    if (thief.loot) await thief.refresh(`http://127.0.0.1:${request.socket.localPort}`)
    response.json(view())
  })
  return routes
}

/** Makes the whole demo, as one app of Express. `script` is the page's. */
export function createDemo(script) {
  const core = createScriptedSuperTokensCore({ accessTokenValidity: LIFETIME })
  const state = { mode: 'up', onTheft: 'revoke', thefts: 0 }
  const conditions = createConditions(core)
  const meeting = createMeeting()
  const superTokens = createSwitched({ core, state, meeting, traded: conditions.traded })
  const { app, auth } = createApp({
    superTokens,
    onStolen() {
      state.thefts += 1
    },
  })
  app.use(createRoutes(auth, { core, thief: createThief(), state, conditions, meeting }))
  app.get('/page.js', (_request, response) => response.type('js').send(script))
  // By its folder: a whole path would be refused where a folder above it has a name with a dot first.
  const root = join(import.meta.dirname, '../styles')
  app.get('/house.css', (_request, response) => response.sendFile('house.css', { root }))
  app.use(express.static(join(import.meta.dirname, 'public')))
  return app
}
