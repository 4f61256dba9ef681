import { expect, it } from 'vitest'
import { defineCookie, parseCookies } from '../../../src/server/cookies/cookies.js'
import { createNotes } from '../../../src/server/dbsc/notes.js'
import { PASSWORD } from '../backend/backend-world.js'

const START = 1_795_000_000_000
const LIFETIME = 600_000
/** How far clocks of servers may be apart. */
const MINUTE = 60_000

it.each<[string, number, boolean]>([
  ['new', START, false],
  ['as old as it may be', START + LIFETIME + MINUTE - 1, false],
  ['too old', START + LIFETIME + MINUTE, true],
  ['from a server whose clock is a minute ahead', START - MINUTE, false],
  ['from further ahead than any clock', START - MINUTE - 1, true],
  ['of a time that no clock says', Number.NaN, true],
])('a proof that is %s counts, or is too old', async (_, time, isOld) => {
  const clock = { time: START }
  const cookie = defineCookie({ name: '__Host-holdfast' })
  const notes = createNotes({
    cookie,
    password: PASSWORD,
    lifetime: LIFETIME,
    now: () => clock.time,
  })
  const [set = ''] = await notes.write({ sessionId: 's', key: 'k'.repeat(43), binds: true })
  const jar = parseCookies(set.split(';', 1)[0] ?? '')
  clock.time = time
  expect((await notes.findAll(jar)).map((note) => note.isOld)).toEqual([isOld])
})
