// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { recordSteps, showDevtools } from '../../src/devtools/index.js'
import { AuthClient, AuthError, type Provider } from '../../src/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { PATIENT } from '../support/patient.js'
import { ADA, buttonOf, find, linesOf, rootOf, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

const NOT_KNOWN = 'Pass the options of the client to showDevtools() to see what it stores.'
const SECRET = 'a-secret-that-nobody-may-ever-see'

/** All that is in the page: elements, their attributes, texts, and what is in their shadows. */
function everything(node: Element | ShadowRoot): string {
  const own =
    node instanceof Element
      ? [node.tagName, ...[...node.attributes].map(({ name, value }) => `${name}=${value}`)]
      : []
  const inner = [...node.childNodes].map((child) =>
    child instanceof Element ? everything(child) : (child.textContent ?? ''),
  )
  const shadow = node instanceof Element && node.shadowRoot ? everything(node.shadowRoot) : ''
  return [...own, ...inner, shadow].join(' ')
}

/** A server whose every word is a secret, and which repeats what it was sent when it fails. */
function createTalker() {
  let fails = false
  const grant = () => ({
    accessToken: `access-${SECRET}`,
    refreshToken: `refresh-${SECRET}`,
    lifetime: 3_600_000,
    user: { id: 'ada' },
    extras: { provider_token: `provider-${SECRET}` },
    once: { id_token: `id-${SECRET}` },
  })
  const provider: Provider<{ readonly password: string }> = {
    id: 'talker',
    signIn: async () => grant(),
    refresh: async () => {
      if (fails)
        throw new AuthError('server_error', `It was sent refresh-${SECRET}`, { status: 503 })
      return grant()
    },
  }
  return { provider, fail: () => (fails = true) }
}

describe('storage', () => {
  it('is shown by name, kind, size and age', async () => {
    await stage().signedIn()
    await stage().advance(90_000)
    const [pointer = '', session = ''] = linesOf('storage')
    expect(pointer).toMatch(/^app \| pointer \| \d+ B \| –$/)
    expect(session).toMatch(/^app\.\S+ \| session \| \d\.\d kB \| 1 min 30 s$/)
  })

  it('that holds what it should not, is said to be unreadable', async () => {
    const { tab } = await stage().signedIn()
    await tab.storage.set('app.patience', 'nonsense')
    await stage().advance(1_000)
    expect(linesOf('storage')).toContainEqual(
      expect.stringContaining('app.patience | patience, unreadable | 8 B'),
    )
  })

  it('that holds a redirect that is none has all else shown, and can be cleared', async () => {
    const { tab } = await stage().signedIn()
    await tab.storage.set('app.flows', '{"v":1,"flows":[null,{"at":1}]}')
    await stage().advance(1_000)
    expect(linesOf('storage')).toContainEqual(expect.stringMatching(/^app\.flows \| redirects \|/))
    buttonOf('Clear storage…').click()
    buttonOf('Delete').click()
    await stage().settle()
    expect(stage().browser.storage.entries.size).toBe(0)
  })

  it('that refuses is said so, and the rest of the panel goes on', async () => {
    await stage().signedIn()
    stage().browser.storage.block()
    await stage().advance(1_000)
    expect(linesOf('storage')[0]).toBe('Storage could not be read. storage: Storage is blocked.')
    expect(linesOf('state')[0]).toBe('Status | Signed in')
  })

  it('that hangs is waited for no longer than two seconds', async () => {
    const { auth, options } = stage().open()
    const storage = { ...options.storage, get: () => new Promise<null>(() => {}) }
    stage().show({ auth, options: { ...options, storage } })
    await auth.signIn(ADA)
    await stage().advance(2_000)
    expect(linesOf('storage')[0]).toBe(
      'Storage could not be read. timeout: Storage does not answer.',
    )
    expect(linesOf('state')[0]).toBe('Status | Signed in')
  })

  it('that the app has not named is not guessed at', async () => {
    stage().show(stage().open(), { initialIsOpen: true, options: undefined })
    await stage().settle()
    expect(linesOf('storage')).toEqual([NOT_KNOWN])
  })

  it('that is the memory of the client alone cannot be shown', async () => {
    vi.stubGlobal('localStorage', undefined)
    const opened = stage().open()
    const { storage: _, ...options } = opened.options
    stage().show(opened, { initialIsOpen: true, options })
    await stage().settle()
    expect(linesOf('storage')).toEqual([NOT_KNOWN])
  })

  it('is the one that a client has by default, under the key that it has by default', async () => {
    const options = { provider: createTalker().provider }
    const auth = new AuthClient(options)
    const stop = showDevtools(auth, { options, initialIsOpen: true })
    await auth.signIn({ password: SECRET })
    buttonOf('Get session').click()
    await vi.waitUntil(() => linesOf('storage')[0]?.startsWith('holdfast.talker'), PATIENT)
    expect(linesOf('storage')[1]).toContain('session')
    stop()
    auth.dispose()
    localStorage.clear()
  })
})

describe('no secret', () => {
  it('is in the page, whatever storage holds, the server says and the buttons do', async () => {
    const { clock, ...browser } = createFakeBrowser()
    const tab = browser.tab()
    const { provider, fail } = createTalker()
    const options = {
      provider,
      storage: tab.storage,
      storageKey: 'app',
      environment: { ...tab.environment, report: () => {} },
      debug: recordSteps(),
    }
    const auth = new AuthClient(options)
    const stop = showDevtools(auth, { options, initialIsOpen: true })
    await auth.signIn({ password: SECRET })
    find<HTMLInputElement>('input[type=checkbox]').click()
    const secrets = {
      'app.flows': JSON.stringify({ v: 1, flows: [{ secret: SECRET, purpose: 'sign-in', at: 1 }] }),
      'app.unreadable': SECRET,
      'app.timeouts': JSON.stringify({ v: 1, lineage: SECRET, startedAt: 1, usedAt: 1 }),
      'holdfast:app': SECRET,
    }
    for (const [key, text] of Object.entries(secrets)) await tab.storage.set(key, text)
    fail()
    for (const label of ['Refresh now', 'Get session']) {
      buttonOf(label).click()
      await clock.advance(2_000)
    }
    const page = everything(document.documentElement)
    expect(linesOf('storage').length).toBeGreaterThanOrEqual(7)
    expect(page).toContain('server_error')
    expect(page).toContain('ada')
    expect(page).not.toContain(SECRET)
    expect(rootOf().innerHTML).not.toContain(SECRET)
    stop()
    auth.dispose()
    expect(everything(document.documentElement)).not.toContain(SECRET)
  })

  it('is told of, however short a token is, and wherever in a message', async () => {
    vi.stubGlobal('BroadcastChannel', stage().channels.FakeChannel)
    const heard: unknown[] = []
    new BroadcastChannel('holdfast-devtools:app').onmessage = ({ data }) => heard.push(data)
    const { clock, ...browser } = createFakeBrowser()
    const tab = browser.tab()
    const short = 'qwkzmbntrpla'
    let code: 'server_error' | 'refresh_rejected' = 'server_error'
    const provider: Provider<object> = {
      id: 'short',
      signIn: async () => ({ accessToken: 'abc-17', refreshToken: short, lifetime: 3_600_000 }),
      refresh: async () => {
        // What is cut short after 200 characters must not end with a part of it.
        throw new AuthError(code, `Not ${short}, nor abc-17. ${'x '.repeat(83)}${short}`)
      },
    }
    const options = {
      provider,
      storage: tab.storage,
      storageKey: 'app',
      environment: { ...tab.environment, report: () => {} },
    }
    const auth = new AuthClient(options)
    const stop = showDevtools(auth, { options, initialIsOpen: true })
    await auth.signIn({})
    for (const next of ['server_error', 'refresh_rejected'] as const) {
      code = next
      buttonOf('Refresh now').click()
      await clock.advance(2_000)
      const told = everything(document.documentElement) + JSON.stringify(heard)
      expect(told).toContain(`${code}: Not …, nor ….`)
      expect(told).not.toMatch(/qwk|abc-17/)
    }
    expect(auth.getSnapshot().status).toBe('signed-out')
    stop()
    auth.dispose()
  })

  it('would be overlooked: what is in a shadow is read', async () => {
    await stage().signedIn()
    find('.outcome').textContent = SECRET
    expect(everything(document.documentElement)).toContain(SECRET)
  })
})
