import { get, type IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Asked, ask } from '../express/stage.js'
import { startOidc } from '../oidc/server.js'
import { startGate } from '../support/gate.js'
import { startApps } from './apps.js'
import { type RedisServer, startRedis } from './server.js'

/** Far longer than it takes on a busy machine, in ms: how long it took is not what is judged. */
const SOON = { timeout: 60_000, interval: 20 }
const CLIENT = { clientId: 'app', clientSecret: 'the secret of the client, which is long enough' }
const PAGE = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' }

let redis: RedisServer
let apps: Awaited<ReturnType<typeof startApps>>
let server: Awaited<ReturnType<typeof startOidc>>
/** What stands before the route that logout tokens go to. */
let gate: Awaited<ReturnType<typeof startGate>>
let here = ''
let there = ''
const closing: (() => void)[] = []

/** What each process is told. oidc-provider gives refresh tokens to those only who were asked. */
const optionsNow = () => ({
  redis: redis.url,
  issuer: server.issuer,
  origin: here,
  parameters: { prompt: 'consent' },
  ...CLIENT,
})

beforeAll(async () => {
  redis = await startRedis()
  apps = await startApps(2)
  const [one, two] = apps.processes
  here = one?.origin ?? ''
  there = two?.origin ?? ''
  gate = await startGate(`${here}/auth/back-channel-logout`)
  server = await startOidc({
    rotating: true,
    backChannelLogout: true,
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${here}/auth/callback`],
        post_logout_redirect_uris: [`${here}/`],
        grant_types: ['authorization_code', 'refresh_token'],
        backchannel_logout_uri: gate.origin,
        backchannel_logout_session_required: true,
      },
    ],
  })
  await Promise.all(apps.processes.map((process) => process.begin(optionsNow())))
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
afterAll(async () => {
  await server?.close()
  await gate?.close()
  await apps?.close()
  await redis?.close()
})

/** A browser with a jar for each host, which are all the same here but for their ports. */
function createBrowser() {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (origin: string): Map<string, string> => {
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    return jar
  }
  const cookiesOf = (origin: string): string =>
    [...jarOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ')

  async function send(url: string, { headers, ...asked }: Asked = {}): Promise<Answer> {
    const { origin, pathname, search } = new URL(url)
    const sent = { ...headers, cookie: cookiesOf(origin) }
    const answer = await ask(origin, `${pathname}${search}`, { ...asked, headers: sent })
    for (const line of answer.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jarOf(origin).set(name, value)
    }
    return answer
  }

  /** Goes where it is sent; where that ends, and what is there. */
  async function visit(href: string): Promise<string> {
    let address = href
    for (let hop = 0; hop < 20; hop++) {
      const headers = { accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' }
      const { status, headers: said } = await send(address, { headers })
      if (!said.location) return `${status} ${address}`
      address = new URL(said.location, address).href
    }
    throw new Error('The servers send in circles.')
  }
  return { send, visit, cookiesOf }
}

/** Ada, signed in at the app, in a browser of her own. */
async function signIn() {
  const browser = createBrowser()
  // The app has no such page: it is where she is sent once she is signed in.
  const arrived = await browser.visit(`${here}/auth/sign-in?returnTo=/home`)
  expect(arrived).toBe(`404 ${here}/home`)
  const cookie = browser.cookiesOf(here)
  /** Who is signed in, as a process says it by the cookies of now. */
  const askAt = async (origin: string): Promise<string | null> => {
    const response = await fetch(`${origin}/auth/session`, { headers: { ...PAGE, cookie } })
    const { session } = await response.json()
    return session?.user?.id ?? null
  }
  return { browser, cookie, askAt }
}

/** Ends the session at the server, by the form of its own page. */
async function endAtServer({ send }: ReturnType<typeof createBrowser>): Promise<void> {
  const { text } = await send(`${server.issuer}/session/end`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const answer = await send(`${server.issuer}/session/end/confirm`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams({ xsrf, logout: 'yes' })}`,
  })
  expect(answer.status).toBeLessThan(400)
}

/** How long after the logout token had come something was so, in ms: what comes true last of these. */
async function took(coming: readonly (() => Promise<unknown>)[]): Promise<number> {
  const times = coming.map(async (come) => {
    await come()
    return performance.now()
  })
  return Math.ceil(Math.max(...(await Promise.all(times))) - (await gate.arrived))
}

/** The events that a page has heard on a stream of a process. */
async function listen(origin: string, cookie: string): Promise<{ text(): string }> {
  let text = ''
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = get(`${origin}/auth/events`, { headers: { ...PAGE, cookie } }, resolve)
    sent.on('error', reject)
    closing.push(() => sent.destroy())
  })
  response.on('error', () => {})
  response.on('data', (piece) => {
    text += piece
  })
  await expect.poll(() => text, SOON).toMatch(/^id: /)
  return { text: () => text }
}

describe('a session that is ended at a real oidc-provider', () => {
  it('is over here in every process, and pages that listen hear of it', async () => {
    const ada = await signIn()
    const other = await signIn()
    expect([await ada.askAt(here), await ada.askAt(there)]).toEqual(['ada', 'ada'])
    const heard = await Promise.all([here, there].map((origin) => listen(origin, ada.cookie)))
    const elsewhere = await listen(there, other.cookie)
    const over = took(
      [here, there].map((origin) => () => expect.poll(() => ada.askAt(origin), SOON).toBeNull()),
    )
    const told = took(
      heard.map(
        ({ text }) =>
          () =>
            expect.poll(text, SOON).toContain('ended'),
      ),
    )
    const [byRequests, byEvents] = await Promise.all([over, told, endAtServer(ada.browser)])
    process.stdout.write(
      `A logout token of oidc-provider, two processes with Redis: over ${byRequests} ms after it has arrived, ` +
        `and told to pages that listen ${byEvents} ms after it.\n`,
    )
    // A refresh brings nobody back either.
    const headers = { ...PAGE, cookie: ada.cookie }
    const refreshed = await fetch(`${there}/auth/refresh`, { method: 'POST', headers })
    expect(refreshed.status).toBe(401)
    // That of another browser goes on.
    expect([await other.askAt(here), await other.askAt(there)]).toEqual(['ada', 'ada'])
    expect(elsewhere.text()).not.toContain('ended')
    // And she signs in anew.
    const again = await signIn()
    expect(await again.askAt(there)).toBe('ada')
  })

  it('is over here too in a process that starts afterwards', async () => {
    const ada = await signIn()
    await endAtServer(ada.browser)
    await expect.poll(() => ada.askAt(there), SOON).toBeNull()
    // A process that starts now knows it of Redis alone.
    const late = await startApps(1)
    try {
      const [process] = late.processes
      await process?.begin(optionsNow())
      expect(await ada.askAt(process?.origin ?? '')).toBeNull()
    } finally {
      await late.close()
    }
  })
})
