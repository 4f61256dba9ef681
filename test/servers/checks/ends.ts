import { setTimeout as delay } from 'node:timers/promises'
import { BYE, ensure, failureOf, type RealmLab, type World } from '../lab.js'
import type { Check } from './check.js'
import { signOutOf } from './refusals.js'

/** Of a session that the server has ended, the client's own words for it. */
async function endOf({ auth, ended }: World): Promise<string> {
  const failure = await failureOf(auth.refreshSession())
  ensure(failure?.code === 'refresh_rejected', 'The refresh was not rejected.')
  ensure((await auth.getSession()) === null, 'The session is still there.')
  const { status, serverCode, message } = failure
  return `the session ends (\`${ended()}\`): ${status} ${serverCode} “${message}”`
}

export const signOut: Check = {
  name: '`signOut()`, and what a copy of the refresh token is worth then',
  async run(lab) {
    const world = await lab.signedIn()
    await signOutOf(world)
    return (await lab.refresh(world.session.refreshToken)).text
  },
}

export const signOutMeanwhile: Check = {
  name: '`signOut()` while a refresh is on its way, and then the same',
  async run(lab) {
    const world = await lab.signedIn()
    const before = world.network.sent()
    const refreshing = failureOf(world.auth.refreshSession())
    while (world.network.sent() === before) await delay(1)
    await signOutOf(world)
    const failure = await refreshing
    ensure(failure !== null, 'A refresh came to an end after the sign-out.')
    ensure((await world.auth.getSession()) === null, 'The session is back.')
    return (await lab.refresh(world.session.refreshToken)).text
  },
}

export const endSession: Check = {
  name: 'Its page that ends a session; then a refresh',
  async run(lab) {
    const world = await lab.signedIn()
    const address = await world.auth.actions.signOutUrl({ postLogoutRedirectUri: BYE })
    const there = await world.visit(address)
    ensure(there.startsWith(BYE), `It sends to ${there}`)
    return `sends back at once; ${await endOf(world)}`
  },
}

/** An administrator does something, of which the client hears at its next refresh. */
const byAdmin = (
  name: string,
  act: (lab: RealmLab, world: World) => Promise<unknown>,
  after?: (lab: RealmLab) => Promise<unknown>,
): Check => ({
  name,
  async run(lab) {
    const world = await lab.signedIn()
    await act(lab, world)
    const end = await endOf(world)
    await after?.(lab)
    return end
  },
})

export const ends: readonly Check[] = [
  signOut,
  signOutMeanwhile,
  endSession,
  byAdmin('The session is ended in the admin console', ({ admin, settings }, { session }) =>
    admin.send('DELETE', `/${settings.name}/sessions/${session.sessionId}`),
  ),
  byAdmin(
    'The person is switched off in the admin console',
    ({ admin, settings }) => admin.setPerson(settings.name, { enabled: false }),
    ({ admin, settings }) => admin.setPerson(settings.name, { enabled: true }),
  ),
]
