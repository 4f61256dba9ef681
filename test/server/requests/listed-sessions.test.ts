import { expect, it } from 'vitest'
import { memorySessionList } from '../../../src/server/index.js'
import { BOB, createBackendWorld } from '../backend/backend-world.js'

it('nobody ends a session of somebody else by its name, or one without being signed in', async () => {
  const world = createBackendWorld({ sealed: { list: memorySessionList() } })
  const { sessions, jar, signIn } = world
  await signIn()
  const ada = jar.header()
  jar.cookies.clear()
  await signIn(BOB)
  const bob = jar.header()
  // A session is listed by its first request.
  for (const header of [ada, bob]) await sessions.getSession(header)
  const [listed] = await sessions.listSessions(bob)
  const name = listed?.sessionId ?? ''
  expect(name).not.toBe('')
  expect(await sessions.endListedSession(ada, name)).toBe(false)
  expect(await sessions.endListedSession(null, name)).toBe(false)
  expect((await sessions.getSession(bob)).session).not.toBeNull()
  expect(await sessions.endListedSession(bob, name)).toBe(true)
  expect((await sessions.getSession(bob)).session).toBeNull()
})
