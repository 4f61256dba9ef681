import { expect, it } from 'vitest'
import { defineCookie, parseCookies } from '../../../src/server/cookies/cookies.js'
import { createNotes } from '../../../src/server/dbsc/notes.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import { PASSWORD } from '../backend/backend-world.js'

const START = 1_795_000_000_000
const LIFETIME = 600_000
/** How far clocks of servers may be apart. */
const MINUTE = 60_000

function createDesk() {
  const clock = { time: START }
  const cookie = defineCookie({ name: '__Host-holdfast' })
  const now = () => clock.time
  return { clock, notes: createNotes({ cookie, password: PASSWORD, lifetime: LIFETIME, now }) }
}

it.each<[string, number, boolean]>([
  ['new', START, false],
  ['as old as it may be', START + LIFETIME + MINUTE - 1, false],
  ['too old', START + LIFETIME + MINUTE, true],
  ['from a server whose clock is a minute ahead', START - MINUTE, false],
  ['from further ahead than any clock', START - MINUTE - 1, true],
  ['of a time that no clock says', Number.NaN, true],
])('a proof that is %s counts, or is too old', async (_, time, isOld) => {
  const { clock, notes } = createDesk()
  const [set = ''] = await notes.write({ sessionId: 's', key: 'k'.repeat(43), binds: true })
  const jar = parseCookies(set.split(';', 1)[0] ?? '')
  clock.time = time
  expect((await notes.findAll(jar)).map((note) => note.isOld)).toEqual([isOld])
})

const KEY = 'k'.repeat(43)
const NAME = `__Host-holdfast-bound-${KEY.slice(0, 16)}`
const BOUND = { dbsc: 'bound', session: 's', key: KEY, at: START, binds: true }
const FOUND = { sessionId: 's', key: KEY, binds: true, isOld: false }

it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>> | null]>([
  ['what we have written', BOUND, FOUND],
  ['a word of another kind', { ...BOUND, dbsc: 'renew' }, null],
  ['no session', { ...BOUND, session: undefined }, null],
  ['a session that is no text', { ...BOUND, session: 7 }, null],
  ['no key', { ...BOUND, key: undefined }, null],
  ['no time', { ...BOUND, at: undefined }, null],
  ['a time that is a text', { ...BOUND, at: `${START}` }, null],
  [
    'nothing of whether the session may be bound',
    { ...BOUND, binds: undefined },
    { ...FOUND, binds: false },
  ],
  ['a text in place of yes', { ...BOUND, binds: 'true' }, { ...FOUND, binds: false }],
])('a bound cookie that says %s', async (_, words, found) => {
  const { clock, notes } = createDesk()
  const sealed = await sealText(JSON.stringify(words), PASSWORD, { now: () => clock.time })
  const jar = parseCookies(`${NAME}=${sealed}`)
  expect(await notes.findAll(jar)).toEqual(found ? [found] : [])
  expect(await notes.find(jar, KEY)).toEqual(found)
})

it('a bound cookie is found by its whole key, and not by one that begins as it does', async () => {
  const { clock, notes } = createDesk()
  const sealed = await sealText(JSON.stringify(BOUND), PASSWORD, { now: () => clock.time })
  const jar = parseCookies(`${NAME}=${sealed}`)
  expect(await notes.find(jar, `${KEY.slice(0, 16)}${'x'.repeat(27)}`)).toBeNull()
})

it('a challenge that somebody keeps as a bound cookie is none', async () => {
  const { notes } = createDesk()
  const renew = await notes.challenge({ purpose: 'renew', sessionId: 's', key: KEY })
  const register = await notes.challenge({ purpose: 'register', sessionId: 's' })
  for (const sealed of [renew, register]) {
    expect(await notes.findAll(parseCookies(`${NAME}=${sealed}`))).toEqual([])
  }
})

it('a bound cookie is no challenge, and neither is what is not sealed, or is no text', async () => {
  const { clock, notes } = createDesk()
  const now = () => clock.time
  for (const words of [
    BOUND,
    { dbsc: 'register' },
    { dbsc: 'renew', session: 's' },
    null,
    'text',
  ]) {
    const sealed = await sealText(JSON.stringify(words), PASSWORD, { now })
    expect(await notes.readChallenge(sealed)).toBeNull()
  }
  expect(await notes.readChallenge(await sealText('{', PASSWORD, { now }))).toBeNull()
  expect(await notes.readChallenge('a text')).toBeNull()
})

it('only bound cookies are erased with a session, of all that a browser sends', () => {
  const { notes } = createDesk()
  const others = [
    '__Host-holdfast=a',
    'theme=dark',
    '__Host-holdfast-bound-x=b',
    `x-bound-${'k'.repeat(16)}=c`,
  ]
  const jar = parseCookies([...others, `${NAME}=d`, `${NAME.slice(0, -1)}x=e`].join('; '))
  const namesOf = (set: readonly string[]) => set.map((one) => one.split('=', 1)[0])
  expect(namesOf(notes.erase(jar))).toEqual([NAME, `${NAME.slice(0, -1)}x`])
  expect(namesOf(notes.erase(jar, KEY))).toEqual([NAME])
})
