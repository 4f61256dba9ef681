import { vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa, webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { createFakeBrowser, createScriptedGoTrue } from '../../src/testing/index.js'
import type { Probe } from './documented.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** Somebody who is signed in at a server with all factors, and the bodies that were sent for them. */
async function signedIn() {
  const browser = createFakeBrowser()
  const tab = browser.tab()
  const webauthn = { rpId: 'app.example', rpName: 'App', origins: ['https://app.example'] }
  const mfa = { phone: true, webauthn }
  const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA], mfa })
  const sent: string[] = []
  const provider = gotrue({
    url: 'http://localhost/auth/v1',
    async fetch(url, init) {
      sent.push(String(init?.body))
      return server.fetch(url, init)
    },
  })
  const { storage, environment } = tab
  const auth = new AuthClient({ provider, storage, environment, autoRefresh: false })
  await auth.signIn(ADA)
  sent.length = 0
  return { auth, sent, server }
}

/** A browser's WebAuthn, that only counts what it is asked. */
function plantWebAuthn(): { asked: number } {
  const seen = { asked: 0 }
  const create = async (): Promise<null> => {
    seen.asked++
    return null
  }
  vi.stubGlobal('navigator', { credentials: { create } })
  vi.stubGlobal(
    'PublicKeyCredential',
    Object.assign(() => {}, {
      parseCreationOptionsFromJSON: (options: object) => options,
      parseRequestOptionsFromJSON: (options: object) => options,
    }),
  )
  return seen
}

export const mfaProbes: Readonly<Record<string, Probe>> = {
  'ChallengeOptions.channel': {
    says: 'what the server has, `sms`',
    async observe() {
      const { auth, sent } = await signedIn()
      const factors = mfa(auth)
      const { id } = await factors.enroll({ type: 'phone', phone: '+15550100' })
      await factors.challenge({ factorId: id })
      return sent.at(-1) === '{}'
    },
  },
  'TotpOptions.issuer': {
    says: 'the host of the server’s site URL',
    async observe() {
      const { auth, sent } = await signedIn()
      const { totp } = await mfa(auth).enroll({ type: 'totp' })
      return sent[0] === '{"factor_type":"totp"}' && totp.uri.includes('issuer=app.example.test')
    },
  },
  'WebAuthnOptions.authenticator': {
    says: 'navigator.credentials, in browsers whose WebAuthn speaks JSON',
    async observe() {
      const seen = plantWebAuthn()
      const { auth } = await signedIn()
      const registered = webauthnFactors(auth).register()
      return (
        (await registered.then(String, (error) => error.code)) === 'aborted' && seen.asked === 1
      )
    },
  },
}
