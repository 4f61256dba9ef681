import { describe, expect, it } from 'vitest'
import { backendHandler, expressSessions } from '../../../src/express/index.js'
import {
  createBackend,
  createRequestSessions,
  createSealedSessions,
  createVerifier,
  redisCoordinator,
  redisSessionStore,
} from '../../../src/server/index.js'
import { createSuperTokens } from '../../../src/server/supertokens/index.js'
import { workosServer, workosSessions } from '../../../src/server/workos/index.js'

const password = 'at least 32 characters, as for cookies'
const sealed = workosSessions({ clientId: 'client_123', apiKey: 'sk_test' })
const requests = createRequestSessions({ sessions: sealed, cookie: { password } })

/** Calls a function as JavaScript may: with anything, or nothing. */
const call = async (work: object, ...given: readonly unknown[]): Promise<unknown> =>
  Reflect.apply(Object(work), undefined, [...given])

describe('a mistake of the caller', () => {
  it.each<[string, object]>([
    ['createBackend', createBackend],
    ['createRequestSessions', createRequestSessions],
    ['createSealedSessions', createSealedSessions],
    ['createVerifier', createVerifier],
    ['redisCoordinator', redisCoordinator],
    ['redisSessionStore', redisSessionStore],
    ['expressSessions', expressSessions],
    ['backendHandler', backendHandler],
    ['workosServer', workosServer],
    ['workosSessions', workosSessions],
    ['createSuperTokens', createSuperTokens],
    ['loadSealedSession', sealed.loadSealedSession],
    ['sealSession', sealed.sealSession],
    ['establish', requests.establish],
  ])('is an invalid argument, never a TypeError: %s()', async (_name, work) => {
    for (const given of [[], [null], [7], ['text']]) {
      await expect(call(work, ...given)).rejects.toMatchObject({ code: 'invalid_argument' })
    }
  })

  it.each([7, {}, ['a=b'], true])(
    'is an invalid argument where %j is the cookies',
    async (given) => {
      const grant = { accessToken: 'a.b.c', refreshToken: 'r', lifetime: 1, user: { id: 'u' } }
      for (const work of [requests.load, requests.end]) {
        await expect(call(work, given)).rejects.toMatchObject({ code: 'invalid_argument' })
      }
      await expect(call(requests.establish, grant, given)).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    },
  )
})
