import { describe, expect, it } from 'vitest'
import {
  GeneralError,
  TryRefreshTokenError,
  UnauthorisedError,
} from '../../../src/server/supertokens/errors.js'
import { createPayloads, type PayloadsDeps } from '../../../src/server/supertokens/payloads.js'
import type { SessionPayload } from '../../../src/server/supertokens/types.js'
import { turns } from '../../contracts/contract.js'
import { failureOf } from './web-stage.js'

const LIFE = { expiry: 3_600_000, createdTime: 1 }
const ADA = { handle: 'h1', userId: 'ada', tenantId: 'public', recipeUserId: 'ada' }

/** What the core is asked, in order, and a payload that it keeps. */
function createDesk(deps: Partial<PayloadsDeps['core']> & Partial<PayloadsDeps> = {}) {
  const asked: string[] = []
  const state: { payload: SessionPayload } = { payload: { role: 'admin' } }
  const note = <T>(name: string, value: T): T => {
    asked.push(name)
    return value
  }
  const core: PayloadsDeps['core'] = {
    information: async () =>
      note('information', {
        ...ADA,
        sessionHandle: ADA.handle,
        userDataInJWT: state.payload,
        userDataInDatabase: {},
        expiry: 2,
        timeCreated: 1,
      }),
    payload: async () => note('payload', state.payload),
    async updatePayload(_, payload) {
      note('updatePayload', null)
      state.payload = payload
    },
    async regenerate(_, userDataInJWT = {}) {
      note('regenerate', null)
      state.payload = userDataInJWT
      return { session: { ...ADA, userDataInJWT }, accessToken: { token: 'new', ...LIFE } }
    },
    ...deps,
  }
  const change = createPayloads({
    core,
    tombstones: { has: async () => false, see: () => {} },
    verify: async () => ({ session: { ...ADA, userDataInJWT: {} } }),
    enableAntiCsrf: false,
    ...deps,
  })
  const merge = (update: SessionPayload, accessToken?: string) =>
    change({ handle: 'h1', update, accessToken, longestToken: 4_096 })
  return { asked, state, merge }
}

/** What a core before 2.8 says to a call that it does not know. */
const unknownCall = async (): Promise<never> => {
  throw new GeneralError('Not since 2.8.', { code: 'rejected' })
}
const failing = (error: Error) => async (): Promise<never> => Promise.reject(error)

describe('changes of one payload', () => {
  it('wait for each other, also one that comes when the first of them has just ended', async () => {
    let release = (): void => {}
    const updates: SessionPayload[] = []
    const { merge, state } = createDesk({
      async updatePayload(_, payload) {
        updates.push(payload)
        await new Promise<void>((resolve) => {
          release = resolve
        })
        state.payload = payload
      },
    })
    const first = merge({ a: 1 })
    const second = merge({ b: 2 })
    await turns()
    release()
    await first
    await turns()
    // The second is writing, of which the third must know.
    const third = merge({ c: 3 })
    await turns()
    expect(updates).toHaveLength(2)
    release()
    await second
    await turns()
    release()
    await third
    expect(state.payload).toEqual({ role: 'admin', a: 1, b: 2, c: 3 })
  })
})

describe('a change of a payload', () => {
  it.each<readonly [string, Error, string]>([
    ['is down', new GeneralError('No core answers.', { code: 'network' }), 'GENERAL_ERROR'],
    ['says that the session is over', new UnauthorisedError('Over.'), 'UNAUTHORISED'],
  ])('asks for nothing more where the core %s', async (_, error, type) => {
    const { merge, asked } = createDesk({ information: failing(error) })
    expect(await failureOf(merge({ a: 1 }))).toMatchObject({ type })
    expect(asked).toEqual([])
  })

  it.each<readonly [string, Error, string]>([
    ['shows that the session is over', new UnauthorisedError('Over.'), 'UNAUTHORISED'],
    ['cannot be looked at now', new GeneralError('No keys.', { code: 'network' }), 'GENERAL_ERROR'],
  ])('writes nothing where its access token %s', async (_, error, type) => {
    const { merge, asked } = createDesk({ verify: failing(error) })
    expect(await failureOf(merge({ a: 1 }, 'token'))).toMatchObject({ type })
    expect(asked).toEqual(['information'])
  })

  it('is there without a token where that has expired on the way', async () => {
    const { merge } = createDesk({
      regenerate: async (_, userDataInJWT = {}) => ({ session: { ...ADA, userDataInJWT } }),
      tombstones: { has: async () => false, see: ({ expiry }) => void expiry },
    })
    const userDataInJWT = { role: 'admin', a: 1 }
    expect(await merge({ a: 1 }, 'token')).toEqual({ session: { ...ADA, userDataInJWT } })
  })

  it('does not give a session that nobody can name, where an old core knows none by its handle', async () => {
    const expired = new TryRefreshTokenError('The access token has expired.')
    const { merge, asked } = createDesk({ information: unknownCall, verify: failing(expired) })
    expect(await merge({ a: 1 }, 'token')).toBeUndefined()
    expect(asked).toEqual(['payload', 'updatePayload'])
  })

  it('does not write back what an old core let an app put under SuperTokens’ own names', async () => {
    const { merge, state } = createDesk()
    state.payload = { role: 'admin', sub: 'eve', sessionHandle: 'h2', exp: 9 }
    await merge({ role: 'reader', theme: 'dark' })
    expect(state.payload).toEqual({ role: 'reader', theme: 'dark' })
  })
})
