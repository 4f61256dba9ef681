// What the demo adds to the app: the scripted auth server, the thief, outages, a log, and the page.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeHandler } from 'holdfast/node'
import { createScriptedWorkOS } from 'holdfast/testing'
import { createApp } from './app.mjs'
import { createThief } from './thief.mjs'

const PASSWORD = 'the password of a demo, which everybody can read'
const RENEWAL = '/auth/dbsc/refresh'
const OWN = { '/auth/dbsc/register': 'binds the session', [RENEWAL]: 'proves its key' }
/** The most lines of the log. */
const LINES = 12

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript'],
  '/house.css': ['../../styles/house.css', 'text/css'],
  '/icon.svg': ['../../express/public/icon.svg', 'image/svg+xml'],
}

/** What of a request the log shows: what the browser asks by itself, and what it could not prove. */
function noteOf({ url, headers }, status) {
  const skipped = headers['secure-session-skipped']
  if (skipped !== undefined) {
    return `The browser could not prove its key (${skipped.split(';')[0]}): ${url} got ${status}.`
  }
  const does = OWN[url]
  if (!does) return null
  const signed = headers['secure-session-response'] === undefined ? 'unsigned' : 'signed'
  return `The browser ${does}: ${signed}, got ${status}.`
}

/** The `Set-Cookie` values that end the bound cookies of a request. */
const erasing = (header) =>
  header
    .split('; ')
    .filter((pair) => pair.startsWith('__Host-holdfast-bound-'))
    .map((pair) => `${pair.split('=')[0]}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=lax`)

/** What the buttons of the page do, by their paths. */
function createButtons({ state, thief, place }) {
  const json = (response, body) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(body))
  }
  return {
    'GET /demo': (_request, response) => json(response, state),
    'POST /demo/steal': async ({ headers }, response) => {
      state.loot = await thief.tryWith(headers.cookie ?? '', place)
      json(response, state)
    },
    'POST /demo/end': ({ headers }, response) => {
      response.setHeader('Set-Cookie', erasing(headers.cookie ?? ''))
      json(response, state)
    },
    'POST /demo/outage': (_request, response) => {
      state.isDown = !state.isDown
      json(response, state)
    },
  }
}

/** Makes what answers to each of the demo's hosts, which are at `port`; `pin` is their certificate. */
export function createDemo({ origin, authority, port, pin }) {
  const workos = createScriptedWorkOS({
    users: [{ email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' }],
    clients: [{ id: 'client_demo', apiKey: 'sk_demo', redirectUris: [`${origin}/auth/callback`] }],
  })
  const state = { log: [], alarms: 0, loot: null, isDown: false }
  const client = { clientId: 'client_demo', apiKey: 'sk_demo', url: authority, fetch: workos.fetch }
  const app = createApp({
    client,
    password: PASSWORD,
    origin,
    onSecurityEvent({ type }) {
      if (type === 'device-missing') state.alarms += 1
    },
  })
  const buttons = createButtons({ state, thief: createThief(), place: { origin, port, pin } })

  function answer(request, response) {
    response.on('finish', () => {
      const note = noteOf(request, response.statusCode)
      if (note) state.log = [...state.log, note].slice(-LINES)
    })
    if (state.isDown && request.url === RENEWAL) return response.writeHead(503).end()
    app(request, response, () => {
      const button = buttons[`${request.method} ${request.url}`]
      if (button) return button(request, response)
      const [file, type] = FILES[request.url] ?? []
      if (!file) return response.writeHead(404).end()
      response.setHeader('Content-Type', type)
      response.end(readFileSync(join(import.meta.dirname, 'public', file)))
    })
  }
  return {
    app: answer,
    authority: nodeHandler((request) => workos.fetch(request, { redirect: 'manual' })),
  }
}
