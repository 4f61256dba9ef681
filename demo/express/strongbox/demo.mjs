// What the demo adds to the app: the scripted auth server, the thief, outages, a log, and the page.
import { join } from 'node:path'
import express from 'express'
import { originGuard } from 'holdfast/express'
import { nodeHandler } from 'holdfast/node'
import { createScriptedWorkOS } from 'holdfast/testing'
import { createApp } from './app.mjs'
import { createThief } from './thief.mjs'

const PASSWORD = 'the password of a demo, which everybody can read'
const RENEWAL = '/auth/dbsc/refresh'
const OWN = { '/auth/dbsc/register': 'binds the session', [RENEWAL]: 'proves its key' }
/** What has happened when a session begins. */
const NOTHING = { log: [], alarms: 0, loot: null }
/** The most lines of the log. */
const LINES = 12

/** Where the files are that the page shares with others. */
const FOLDERS = { '/app.mjs': '.', '/house.css': '../../styles', '/icon.svg': '../public' }

/** What of a request the log shows: what the browser asks by itself, and what it could not prove. */
function noteOf({ originalUrl, headers }, status) {
  const skipped = headers['secure-session-skipped']
  if (skipped !== undefined) {
    return `The browser could not prove its key (${skipped.split(';')[0]}): ${originalUrl} got ${status}.`
  }
  const does = OWN[originalUrl]
  if (!does) return null
  const signed = headers['secure-session-response'] === undefined ? 'unsigned' : 'signed'
  return `The browser ${does}: ${signed}, got ${status}.`
}

/** Writes down what the browser asks by itself, and how it is answered. */
const createLog = (state) => (request, response, next) => {
  response.on('finish', () => {
    const note = noteOf(request, response.statusCode)
    if (note) state.log = [...state.log, note].slice(-LINES)
  })
  next()
}

/** The names of the bound cookies in a `Cookie` header. */
const boundIn = (header = '') =>
  header
    .split('; ')
    .map((pair) => pair.split('=')[0])
    .filter((name) => name.startsWith('__Host-holdfast-bound-'))

/** What the buttons of the page do. */
function createButtons({ state, thief, place }) {
  const buttons = express.Router()
  buttons.use(originGuard())
  buttons.get('/', ({ headers }, response) => {
    response.json({ ...state, isBound: boundIn(headers.cookie).length > 0 })
  })
  buttons.post('/steal', async ({ headers }, response) => {
    state.loot = await thief.tryWith(headers.cookie ?? '', place)
    response.sendStatus(204)
  })
  buttons.post('/end', ({ headers }, response) => {
    for (const name of boundIn(headers.cookie)) {
      response.clearCookie(name, { httpOnly: true, secure: true, sameSite: 'lax' })
    }
    response.sendStatus(204)
  })
  buttons.post('/outage', (_request, response) => {
    state.isDown = !state.isDown
    response.sendStatus(204)
  })
  return buttons
}

/** What the page is made of. */
function createFiles(script) {
  const files = express.Router()
  files.get('/page.js', (_request, response) => response.type('js').send(script))
  for (const [path, folder] of Object.entries(FOLDERS)) {
    const root = join(import.meta.dirname, folder)
    files.get(path, (_request, response) => response.sendFile(path, { root }))
  }
  files.use(express.static(join(import.meta.dirname, 'public')))
  return files
}

/**
 * Makes what answers for each of the demo's hosts, which are at `port`: `pin` is their certificate,
 * `script` the page's script.
 */
export function createDemo({ origin, authority, port, pin, script }) {
  const workos = createScriptedWorkOS({
    users: [{ email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' }],
    clients: [{ id: 'client_demo', apiKey: 'sk_demo', redirectUris: [`${origin}/auth/callback`] }],
  })
  const state = { ...NOTHING, isDown: false }
  const app = createApp({
    client: { clientId: 'client_demo', apiKey: 'sk_demo', url: authority, fetch: workos.fetch },
    password: PASSWORD,
    onSecurityEvent({ type }) {
      if (type === 'device-missing') state.alarms += 1
    },
  })
  const site = express().disable('x-powered-by')
  site.use(createLog(state))
  site.get('/auth/callback', (_request, _response, next) => {
    Object.assign(state, NOTHING)
    next()
  })
  site.post(RENEWAL, (_request, response, next) => {
    if (state.isDown) response.sendStatus(503)
    else next()
  })
  site.use(app)
  site.use('/demo', createButtons({ state, thief: createThief(), place: { origin, port, pin } }))
  site.use(createFiles(script))
  return {
    app: site,
    authority: nodeHandler((request) => workos.fetch(request, { redirect: 'manual' })),
  }
}
