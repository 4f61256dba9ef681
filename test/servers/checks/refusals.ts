import { setTimeout as delay } from 'node:timers/promises'
import { APP } from '../admin.js'
import { ensure, failureOf, type RealmLab, type Reply, readReply, type World } from '../lab.js'
import type { Check } from './check.js'

type Ask = (lab: RealmLab) => Promise<Reply>

const refusal = (name: string, ask: Ask): Check => ({
  name,
  run: async (lab) => (await ask(lab)).text,
})

const token = async ({ signedIn }: RealmLab): Promise<string> =>
  (await signedIn()).session.refreshToken ?? ''

/** Refusals as they come, and whether a page may read them. */
export const refusals: readonly Check[] = [
  refusal('A refresh token that nobody knows', (lab) => lab.refresh('garbage')),
  refusal('A client that nobody knows', async (lab) => {
    const form = { grant_type: 'refresh_token', refresh_token: await token(lab) }
    return lab.post('/token', { ...form, client_id: 'nobody' })
  }),
  refusal('A wider scope than was granted', async (lab) => {
    const form = { grant_type: 'refresh_token', refresh_token: await token(lab) }
    return lab.post('/token', { ...form, scope: 'openid admin' })
  }),
  refusal('JSON instead of a form', async ({ endpoints }) => {
    const headers = { origin: APP, 'content-type': 'application/json' }
    return readReply(await fetch(`${endpoints}/token`, { method: 'POST', headers, body: '{}' }))
  }),
  refusal('Userinfo with an access token of a session that is over', async (lab) => {
    const world = await lab.signedIn()
    await signOutOf(world)
    const authorization = `Bearer ${world.session.accessToken}`
    const headers = { origin: APP, authorization }
    return readReply(await fetch(`${lab.endpoints}/userinfo`, { headers }))
  }),
  refusal('Revocation of what is no token', (lab) => lab.post('/revoke', { token: 'garbage' })),
]

/**
 * Signs out, and waits until Keycloak has answered the revocation, which goes on behind the caller's
 * back: with refreshes at the same moment, a session without rotation was seen to live on.
 */
export async function signOutOf({ auth, network }: World): Promise<void> {
  await auth.signOut()
  ensure((await auth.getSession()) === null, 'The session is still there.')
  for (let left = 100; left > 0 && network.revocations.length === 0; left--) await delay(100)
  ensure(network.revocations[0] === 200, 'The token is not revoked.')
}

/** What is switched off does not end a session, which is refreshed when it is on again. */
const switchedOff = (name: string, setEnabled: (lab: RealmLab, on: boolean) => unknown): Check => ({
  name,
  async run(lab) {
    const { auth, ended } = await lab.signedIn()
    await setEnabled(lab, false)
    const failure = await failureOf(auth.refreshSession()).finally(() => setEnabled(lab, true))
    ensure(failure !== null, 'A refresh was not refused.')
    ensure(ended() === null, 'The session has ended.')
    await auth.refreshSession()
    const { status, serverCode, code } = failure
    return `${status} ${serverCode} (\`${code}\`); kept, and refreshed when it is on again`
  },
})

export const clientOff: Check = switchedOff('The client is switched off for a while', (lab, on) =>
  lab.admin.setClient(lab.settings.name, 'spa', { enabled: on }),
)

export const realmOff: Check = switchedOff('The realm is switched off for a while', (lab, on) =>
  lab.admin.send('PUT', `/${lab.settings.name}`, { enabled: on }),
)
