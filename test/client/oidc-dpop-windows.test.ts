import { describe, expect, it, vi } from 'vitest'
import { memoryKeys } from '../../src/index.js'
import type { OidcOptions } from '../../src/providers/oidc/index.js'
import { popup } from '../../src/providers/oidc/popup.js'
import { type OidcFrame, silentSignIn } from '../../src/providers/oidc/silent.js'
import { createDpopWorld } from '../support/dpop-world.js'
import { createWindows, said } from '../support/oidc-windows.js'
import { PATIENT } from '../support/patient.js'

/** Keys, and their names. */
function namedKeys() {
  const keys = memoryKeys<unknown>()
  const names = new Set<string>()
  const set = async (name: string, key: unknown): Promise<void> => {
    names.add(name)
    await keys.set(name, key)
  }
  const remove = async (name: string): Promise<void> => {
    names.delete(name)
    await keys.remove(name)
  }
  return { names, keys: { ...keys, set, remove } }
}

/** The fields of the address that the server sends back to. */
async function answerOf(server: ReturnType<typeof createDpopWorld>['server'], url: string) {
  const { headers } = await server.fetch(url, { redirect: 'manual' })
  return new URL(headers.get('location') ?? '').searchParams
}

/** Somebody who signs in in a window: where that was led, and what comes of it. */
async function beginPopup(options: Partial<OidcOptions> = {}) {
  const { names, keys } = namedKeys()
  const { server, clock, proofs, open } = createDpopWorld({ keys })
  const { auth } = open(options)
  const windows = createWindows(clock)
  const outcome = popup(auth, { page: windows.page })
    .signIn()
    .catch((error: unknown) => error)
  await vi.waitUntil(() => windows.opened[0]?.urls.length, PATIENT)
  return { names, server, proofs, auth, windows, outcome, url: windows.opened[0]?.urls[0] ?? '' }
}

describe('a sign-in with DPoP that the page does not leave', () => {
  it('binds the session of a popup to a key of its own, which is kept from then on', async () => {
    const { names, server, proofs, auth, windows, outcome, url } = await beginPopup()
    expect(new URL(url).searchParams.get('dpop_jkt')).toMatch(/^[\w-]{43}$/)
    const fields = Object.fromEntries(await answerOf(server, url))
    windows.say(said(fields), windows.opened[0])
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(proofs).toHaveLength(1)
    const { keyId } = (await auth.getSession()) ?? {}
    expect([...names]).toEqual([keyId])
    expect(await auth.refreshSession()).toMatchObject({ session: { keyId } })
  })

  it('keeps no key of a popup that came to nothing', async () => {
    const { names, windows, outcome, url } = await beginPopup()
    const state = new URL(url).searchParams.get('state') ?? ''
    windows.say(
      said({ error: 'access_denied', iss: 'https://id.example', state }),
      windows.opened[0],
    )
    expect(await outcome).toMatchObject({ serverCode: 'access_denied' })
    expect([...names]).toEqual([])
  })

  it('keeps no key where the tokens came, and the sign-in failed all the same', async () => {
    const { names, server, windows, outcome, url } = await beginPopup({
      loadUser: () => Promise.reject(new Error('nobody knows')),
    })
    windows.say(said(Object.fromEntries(await answerOf(server, url))), windows.opened[0])
    expect(await outcome).toMatchObject({ code: 'rejected' })
    expect([...names]).toEqual([])
  })

  it('binds the session of a frame, too', async () => {
    const { names, keys } = namedKeys()
    const { server, open } = createDpopWorld({ keys })
    const { auth } = open()
    const frame: OidcFrame = (url) => answerOf(server, url).then((fields) => new Map(fields))
    expect(await silentSignIn(auth, { frame })).toMatchObject({ user: { id: 'ada' } })
    expect([...names]).toEqual([(await auth.getSession())?.keyId])
  })
})
