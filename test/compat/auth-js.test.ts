import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PATIENT } from '../support/patient.js'
import { plantPage } from './page.js'
import { FAILURES, type Row, SESSIONS, SIGN_INS, SIGN_OUTS } from './rows.js'
import { CONSENT, WAYS } from './rows-areas.js'
import { ARRIVALS, ENDS } from './rows-ends.js'
import { FACTORS, IDENTITIES } from './rows-factors.js'
import { KEYS, PASSKEYS, PROMPTS } from './rows-keys.js'
import { ADA, describeTold, type Library, open, type Told, toTold, turn } from './stage.js'

// Both play in one second, however busy the machine is: what is left of a token is the same.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: 1_795_833_000_000 }))
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** What a library makes of a row. */
async function outcome(library: Library, { play, page, ...options }: Row): Promise<Told> {
  const shown = page && plantPage(page)
  const side = { ...open(library, options), page: shown }
  await vi.waitUntil(() => side.events.length > 0, PATIENT)
  const result = await play(side)
  await turn()
  const told = toTold(result, side.events)
  await side.auth.dispose()
  vi.unstubAllGlobals()
  return told
}

const TABLES = [
  ['sign-ins', SIGN_INS],
  ['sessions', SESSIONS],
  ['sign-outs', SIGN_OUTS],
  ['sessions that the server ends', ENDS],
  ['sessions from elsewhere', ARRIVALS],
  ['failures', FAILURES],
  ['other ways', WAYS],
  ['consent', CONSENT],
  ['second factors', FACTORS],
  ['identities', IDENTITIES],
  ['security keys', KEYS],
  ['prompts', PROMPTS],
  ['passkeys', PASSKEYS],
] as const

describe.each(TABLES)('as with auth-js: %s', (_, rows) => {
  it.each(rows.filter(({ differs }) => !differs))('$promise', async (row) => {
    const theirs = await outcome('auth-js', row)
    expect(describeTold(await outcome('face', row))).toBe(describeTold(theirs))
  })
})

describe('unlike auth-js, on purpose', () => {
  const rows = TABLES.flatMap(([, table]) => table)
  it.each(rows.flatMap((row) => (row.differs ? [{ ...row, ...row.differs }] : [])))(
    '$promise: $why',
    async ({ turn, ...row }) => {
      const ours = describeTold(await outcome('face', row))
      const theirs = await outcome('auth-js', row)
      expect(ours).toBe(describeTold(turn(theirs)))
      expect(ours).not.toBe(describeTold(theirs))
    },
  )

  it('A start with a session is INITIAL_SESSION alone: auth-js says SIGNED_IN besides', async () => {
    const heard = async (library: Library): Promise<readonly string[]> => {
      const before = open(library)
      await before.auth.signInWithPassword(ADA)
      await before.auth.dispose()
      const { auth, events } = open(library, {}, before)
      await vi.waitUntil(() => events.includes('INITIAL_SESSION with a session'), PATIENT)
      await turn()
      await auth.dispose()
      return [...events].sort()
    }
    expect(await heard('face')).toEqual(['INITIAL_SESSION with a session'])
    expect(await heard('auth-js')).toEqual([
      'INITIAL_SESSION with a session',
      'SIGNED_IN with a session',
    ])
  })

  it('is told in the guide, reason by reason', () => {
    const guide = readFileSync(new URL('../../docs/moving/auth-js.md', import.meta.url), 'utf8')
    const said = guide.replace(/\s+/g, ' ').toLowerCase()
    for (const { differs } of rows) {
      if (differs) expect(said).toContain(`_${differs.why.toLowerCase()}`)
    }
  })
})
