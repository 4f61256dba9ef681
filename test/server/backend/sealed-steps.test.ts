import { describe, expect, it } from 'vitest'
import { createChoices } from '../../../src/server/backend/choices.js'
import { createSignInFlows } from '../../../src/server/backend/flows.js'
import { parseCookies } from '../../../src/server/cookies/cookies.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import { PASSWORD } from './backend-world.js'

const now = (): number => 1_795_000_000_000
const options = { password: PASSWORD, secure: true, now }
const STATE = 's'.repeat(43)
const FLOW = {
  state: STATE,
  verifier: 'v'.repeat(43),
  returnTo: '/page',
  redirectUri: 'https://app.example/auth/callback',
}
const { state: _state, verifier: _verifier, ...PLACE } = FLOW
const CHOICE = {
  ...PLACE,
  pendingAuthenticationToken: 'pending',
  organizations: [{ id: 'org_1', name: 'One' }],
}
const FLOW_COOKIE = `__Host-holdfast-flow-${STATE.slice(0, 16)}`

/** A browser with one cookie, in which the app has sealed something. */
async function jarWith(name: string, text: string) {
  return parseCookies(`${name}=${await sealText(text, PASSWORD, { now })}`)
}

describe('a sign-in that is under way', () => {
  const { find } = createSignInFlows(options)
  const found = async (text: string) => find(STATE, await jarWith(FLOW_COOKIE, text))

  it('is found by what was kept of it, and has of more only what it may', async () => {
    expect(await found(JSON.stringify(FLOW))).toEqual(FLOW)
    const proof = { maxAge: 1, acrValues: 'high', claims: { a: 1 }, appState: 'mine' }
    expect(await found(JSON.stringify({ ...FLOW, ...proof }))).toEqual({ ...FLOW, ...proof })
    const odd = { maxAge: '1', acrValues: 2, claims: [3], appState: { a: 4 } }
    expect(await found(JSON.stringify({ ...FLOW, ...odd }))).toEqual(FLOW)
  })

  it.each(['state', 'verifier', 'returnTo', 'redirectUri'])(
    'is none without a text for `%s`',
    async (name) => {
      for (const value of [undefined, null, 7, [STATE]]) {
        expect(await found(JSON.stringify({ ...FLOW, [name]: value }))).toBeNull()
      }
    },
  )

  it('is none of another state, or by a text that no state is', async () => {
    const jar = await jarWith(FLOW_COOKIE, JSON.stringify({ ...FLOW, state: 'x'.repeat(43) }))
    expect(await find(STATE, jar)).toBeNull()
    const odd = `${STATE}.other`
    const kept = await jarWith(FLOW_COOKIE, JSON.stringify({ ...FLOW, state: odd }))
    for (const state of [odd, null, '']) expect(await find(state, kept)).toBeNull()
  })

  it.each(['null', '7', '{', JSON.stringify(CHOICE)])(
    'is none that was kept as %s',
    async (text) => {
      expect(await found(text)).toBeNull()
    },
  )
})

describe('an organization that is to be chosen', () => {
  const { find } = createChoices(options)
  const found = async (text: string) => find(await jarWith('__Host-holdfast-choice', text))

  it('is found by what was kept of it', async () => {
    expect(await found(JSON.stringify(CHOICE))).toEqual(CHOICE)
    const more = { ...CHOICE, appState: 'mine' }
    expect(await found(JSON.stringify(more))).toEqual(more)
    expect(await find(parseCookies('__Host-holdfast-choice=none'))).toBeNull()
    // One that another host has planted, and whose like is sealed too, does not hide it.
    const name = '__Host-holdfast-choice'
    const sealed = (text: string) => sealText(text, PASSWORD, { now })
    const both = [await sealed(JSON.stringify(FLOW)), await sealed(JSON.stringify(CHOICE))]
    expect(await find(new Map([[name, both]]))).toEqual(CHOICE)
  })

  it.each(['pendingAuthenticationToken', 'returnTo', 'redirectUri', 'organizations'])(
    'is none without `%s`',
    async (name) => {
      for (const value of [undefined, null, 7, '']) {
        expect(await found(JSON.stringify({ ...CHOICE, [name]: value }))).toBeNull()
      }
    },
  )

  it.each(['null', '7', '{', JSON.stringify(FLOW)])('is none that was kept as %s', async (text) => {
    expect(await found(text)).toBeNull()
  })
})
