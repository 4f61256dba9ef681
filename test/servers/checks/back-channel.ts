import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type AppProcess, startApps } from '../../redis/apps.js'
import { startRedis } from '../../redis/server.js'
import { startGate } from '../../support/gate.js'
import { ADA } from '../admin.js'
import { ensure, type RealmLab } from '../lab.js'
import { createPerson } from '../person.js'
import type { Check } from './check.js'

const CLIENT = { clientId: 'backend', clientSecret: 'the secret of the app, which is long enough' }
/** How long an access token lives here, in seconds: no refresh is to tell of the end before the logout token does. */
const LIFE = 3_600
/** How long a busy machine may take, in ms; the table says how long it took. */
const LIMIT = 120_000

/** An answer, as far as a browser goes by it. */
interface Step {
  readonly location: string
  readonly cookies: string
  readonly text: string
}

/** Asks as a browser that goes there does; what `fetch` says of itself is no navigation. */
const visit = (url: string, cookie = ''): Promise<Step> =>
  new Promise((resolve, reject) => {
    const asked = get(url, { headers: { accept: 'text/html', cookie } }, (answer) => {
      const { location = '', 'set-cookie': lines = [] } = answer.headers
      const cookies = lines.map((line) => line.split(';', 1).join('')).join('; ')
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece) => {
        text += piece
      })
      answer.once('end', () => resolve({ location, cookies, text }))
    })
    asked.on('error', reject)
  })

/** Ada signs in at the app; its cookies. */
async function signIn(origin: string): Promise<string> {
  const begun = await visit(`${origin}/auth/sign-in?returnTo=/home`)
  const back = await createPerson(origin)(begun.location)
  const arrived = await visit(back, begun.cookies)
  ensure(arrived.location === `${origin}/home`, `Ada is not signed in at the app: ${arrived.text}`)
  return arrived.cookies
}

/** Whether a process of the app knows somebody by these cookies. */
async function isSignedIn({ origin }: AppProcess, cookie: string): Promise<boolean> {
  const headers = { 'X-Holdfast': '1', cookie }
  const { session } = await (await fetch(`${origin}/auth/session`, { headers })).json()
  return session !== null
}

const idIn = (value: unknown): string => {
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : null
  ensure(typeof id === 'string', 'Keycloak does not say the id.')
  return id
}

/** Ends the session of the app, as an administrator. */
async function endAtServer({ admin, settings: { name } }: RealmLab): Promise<void> {
  const people = await admin.send('GET', `/${name}/users?exact=true&username=${ADA.username}`)
  const sessions = await admin.send('GET', `/${name}/users/${idIn(Object(people)[0])}/sessions`)
  const ofApp = (session: object): boolean =>
    JSON.stringify(Reflect.get(session, 'clients')).includes(`"${CLIENT.clientId}"`)
  const list: readonly object[] = Array.isArray(sessions) ? sessions : []
  await admin.send('DELETE', `/${name}/sessions/${idIn(list.find(ofApp))}`)
}

/** Whose session it is in a process: the time, by `performance`, when it said that it is nobody's. */
async function untilOver(process: AppProcess, cookie: string): Promise<number> {
  const began = performance.now()
  while (await isSignedIn(process, cookie)) {
    ensure(performance.now() - began < LIMIT, 'The session goes on.')
    await delay(20)
  }
  return performance.now()
}

async function endEverywhere(lab: RealmLab, processes: readonly AppProcess[], redis: string) {
  const [first] = processes
  ensure(first !== undefined, 'The app has no process.')
  const { origin } = first
  const gate = await startGate(`${origin}/auth/back-channel-logout`)
  try {
    await lab.admin.send('POST', `/${lab.settings.name}/clients`, {
      clientId: CLIENT.clientId,
      secret: CLIENT.clientSecret,
      redirectUris: [`${origin}/*`],
      attributes: {
        'access.token.lifespan': `${LIFE}`,
        'backchannel.logout.url': gate.origin,
        'backchannel.logout.session.required': 'true',
      },
    })
    // Nobody in these realms may have offline tokens.
    const options = { redis, issuer: lab.issuer, origin, scope: 'openid email', ...CLIENT }
    await Promise.all(processes.map((process) => process.begin(options)))
    const cookie = await signIn(origin)
    const known = await Promise.all(processes.map((process) => isSignedIn(process, cookie)))
    ensure(!known.includes(false), 'A process does not know the session.')
    const watched = Promise.all(processes.map((process) => untilOver(process, cookie)))
    const [over] = await Promise.all([watched, endAtServer(lab)])
    const took = Math.ceil(Math.max(...over) - (await gate.arrived))
    return `over in ${processes.length} processes, ${took} ms after the logout token has arrived`
  } finally {
    await gate.close()
  }
}

export const backChannel: Check = {
  name: 'The session of an app on a server is ended in the admin console: two processes with Redis, by a logout token',
  async run(lab) {
    const redis = await startRedis()
    const apps = await startApps(2, process.cwd())
    try {
      return await endEverywhere(lab, apps.processes, redis.url)
    } finally {
      await apps.close()
      await redis.close()
    }
  },
}
