import { describe, expect, it } from 'vitest'
import { AuthClient, AuthError, isAuthError } from '../../src/index.js'
import { createWorld } from '../support/world.js'

/** Whether a call that JavaScript allows is refused in our own words. */
function isRefused(call: () => unknown): boolean {
  try {
    call()
  } catch (error) {
    return isAuthError(error, 'invalid_argument')
  }
  return false
}

describe('a client that is made or called without types', () => {
  it.each([[], [undefined], [null], [{}], ['text']])(
    'is refused for the options %j',
    (...given) => {
      expect(isRefused(() => Reflect.construct(AuthClient, given))).toBe(true)
    },
  )

  it('is refused for AsyncStorage when it is made, before anything is read', () => {
    const world = createWorld()
    let read = 0
    const storage = { getItem: () => read++, setItem: () => {}, removeItem: () => {} }
    const { provider } = world.server
    expect(isRefused(() => Reflect.construct(AuthClient, [{ provider, storage }]))).toBe(true)
    expect(read).toBe(0)
  })

  it('is refused for a listener that is no function', () => {
    const { auth } = createWorld().open()
    for (const listener of [undefined, null, {}]) {
      expect(isRefused(() => Reflect.apply(auth.onAuthStateChange, auth, [listener]))).toBe(true)
      expect(isRefused(() => Reflect.apply(auth.subscribe, auth, [listener]))).toBe(true)
    }
  })
})

describe('wrong use', () => {
  it('says what to do', async () => {
    const world = createWorld()
    const { signIn: _, ...provider } = world.server.provider
    const { auth } = world.open({ provider })
    await expect(auth.signIn({ name: 'ada' })).rejects.toBeInstanceOf(AuthError)
    expect(() => auth.actions).toThrow(AuthError)
    await expect(auth.setSession({ accessToken: 'a', refreshToken: '' })).rejects.toMatchObject({
      code: 'session_missing',
    })
  })
})
