import { afterEach, describe, expect, it, vi } from 'vitest'
import { plantPage } from './page.js'
import { ADA, call, type Library, open } from './stage.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const SERVER = {
  captcha: { tokens: ['a human'] },
  sso: [{ id: '3c1d25b3-f679-420f-a9c5-82ab5eb4b8f0', domains: ['corp.example'] }],
  web3: { uris: ['https://app.example/'] },
  passkeys: { rpId: 'app.example', origins: ['https://app.example'] },
}
const EVE = { email: 'eve@example.com', password: 'secret-3' }
const SIGNED = { chain: 'ethereum', message: 'of nobody', signature: '0x00' }

/** All calls that take the proof of a captcha, with what they are given besides. */
const CALLS: readonly (readonly [name: string, given: object])[] = [
  ['signUp', EVE],
  ['signInWithPassword', ADA],
  ['signInAnonymously', {}],
  ['signInWithOtp', { email: ADA.email }],
  ['resend', { type: 'signup', email: ADA.email }],
  ['signInWithSSO', { domain: 'corp.example' }],
  ['signInWithWeb3', SIGNED],
  ['signInWithPasskey', {}],
]

describe.each<Library>(['auth-js', 'face'])(
  '%s, asked to prove that a person is there',
  (library) => {
    const codeOf = (error: unknown): unknown => Object(error).code

    it.each(CALLS)('sends the proof: %s', async (name, given) => {
      plantPage({ href: 'https://app.example/' })
      const { auth } = open(library, { server: SERVER })
      const skip = { skipBrowserRedirect: true }
      const without = await call(auth, name, { ...given, options: skip })
      expect(codeOf(without.error)).toBe('captcha_failed')
      const options = { ...skip, captchaToken: 'a human' }
      const { error } = await call(auth, name, { ...given, options })
      expect(codeOf(error)).not.toBe('captcha_failed')
    })

    it('sends the proof: resetPasswordForEmail', async () => {
      const { auth } = open(library, { server: SERVER })
      const without = await auth.resetPasswordForEmail(ADA.email)
      expect(without.error?.code).toBe('captcha_failed')
      const { error } = await auth.resetPasswordForEmail(ADA.email, { captchaToken: 'a human' })
      expect(error).toBeNull()
    })

    it('sends the password before, where a new one takes it', async () => {
      const { auth } = open(library, { server: { currentPassword: true } })
      await auth.signInWithPassword(ADA)
      const password = 'another secret'
      const without = await auth.updateUser({ password })
      expect(without.error?.code).toBe('current_password_required')
      const { error } = await auth.updateUser({ password, current_password: ADA.password })
      expect(error).toBeNull()
    })
  },
)
