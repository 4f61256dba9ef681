import { describe, expect, it } from 'vitest'
import { backendHandler, createExpressSessions } from '../../../src/express/index.js'
import {
  createBackend,
  createRequestSessions,
  createSealedSessions,
  createVerifier,
  redisCoordinator,
  redisSessionStore,
} from '../../../src/server/index.js'
import { checkNames, checkScope, checkText } from '../../../src/server/shared/arguments.js'
import { createSuperTokens } from '../../../src/server/supertokens/index.js'
import { createWorkOSSessions, workosServer } from '../../../src/server/workos/index.js'

const password = 'at least 32 characters, as for cookies'
const sealed = createWorkOSSessions({ clientId: 'client_123', apiKey: 'sk_test' })
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
    ['createExpressSessions', createExpressSessions],
    ['backendHandler', backendHandler],
    ['workosServer', workosServer],
    ['createWorkOSSessions', createWorkOSSessions],
    ['createSuperTokens', createSuperTokens],
    ['openSession', sealed.openSession],
    ['loadSealedSession', sealed.loadSealedSession],
    ['refreshAndSealSessionData', sealed.refreshAndSealSessionData],
    ['sealSession', sealed.sealSession],
    ['setSession', requests.setSession],
  ])('is an invalid argument, never a TypeError: %s()', async (_name, work) => {
    for (const given of [[], [null], [7], ['text']]) {
      await expect(call(work, ...given)).rejects.toMatchObject({ code: 'invalid_argument' })
    }
  })

  it.each([7, {}, ['a=b'], true])(
    'is an invalid argument where %j is the cookies',
    async (given) => {
      const grant = { accessToken: 'a.b.c', refreshToken: 'r', lifetime: 1, user: { id: 'u' } }
      for (const work of [requests.getSession, requests.refreshSession, requests.signOut]) {
        await expect(call(work, given)).rejects.toMatchObject({ code: 'invalid_argument' })
      }
      await expect(call(requests.setSession, grant, given)).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    },
  )
})

describe('an argument', () => {
  it.each<[string, () => void]>([
    ['an empty text', () => checkText('clientId', '')],
    ['a number for a text', () => checkText('clientId', 7)],
    ['another scope', () => checkScope('everything')],
    ['no scope', () => checkScope(undefined)],
    ['one name for a list of names', () => checkNames('claims', 'name')],
    ['an empty name', () => checkNames('claims', ['name', ''])],
    ['a name that is no text', () => checkNames('claims', [7])],
  ])('is refused: %s', (_, check) => {
    expect(check).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('is taken where it is one', () => {
    checkText('clientId', 'app')
    for (const scope of ['local', 'global', 'others']) checkScope(scope)
    checkNames('claims', ['name'])
    checkNames('claims', undefined)
  })
})
