import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { popup } from '../../src/providers/oidc/popup.js'
import { createWindows, said } from '../support/oidc-windows.js'
import { CALLBACK, DOCUMENT, oidcPage, tokenBody } from '../support/oidc-wire.js'
import { PATIENT } from '../support/patient.js'

afterEach(() => vi.unstubAllGlobals())

type PageOptions = Parameters<typeof oidcPage>[0]

/** A page with a client, and windows to sign in. */
function createPage(options: PageOptions = {}) {
  const page = oidcPage(options)
  const windows = createWindows(page.browser.clock)
  const { signIn } = popup(page.auth, { page: windows.page })

  /** Begins a sign-in in a window; how it ended, and the parameters that the server was asked with. */
  async function begin(...given: Parameters<typeof signIn>) {
    const outcome = signIn(...given).catch((error: unknown) => error)
    const window = windows.opened.at(-1)
    const parameters = await windows.ledTo(windows.opened.length - 1)
    const { state = '' } = parameters
    return { outcome, window, parameters, state }
  }

  /** Nothing is left of any window. */
  function expectNothingLeft(): void {
    expect(windows.listeners.size).toBe(0)
    expect(windows.timers.size).toBe(0)
    expect(windows.opened.every(({ closed }) => closed)).toBe(true)
    expect([...page.browser.storage.entries.keys()].filter((key) => /flows/.test(key))).toEqual([])
  }

  return { ...page, windows, signInHere: signIn, beginHere: begin, expectNothingLeft }
}

describe('a sign-in in a popup', () => {
  it('opens its window before anything is awaited, and leads it to the server later', async () => {
    const { windows, signInHere } = createPage()
    const controller = new AbortController()
    const { signal } = controller
    const outcome = signInHere({ loginHint: 'ada' }, { signal }).catch((error: unknown) => error)
    expect(windows.opened).toHaveLength(1)
    expect(windows.opened[0]?.urls).toEqual([])
    expect(await windows.ledTo(0)).toMatchObject({
      login_hint: 'ada',
      state: expect.stringMatching(/^[\w-]{43}\.popup$/),
    })
    controller.abort()
    expect(await outcome).toMatchObject({ code: 'aborted' })
  })

  it('signs in whoever signs in there, closes the window, and leaves nothing behind', async () => {
    const page = createPage()
    const { outcome, window, parameters, state } = await page.beginHere()
    page.replies.push([200, tokenBody({ nonce: parameters.nonce })])
    page.windows.say(said({ code: 'code-1', state }), window)
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(await page.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    expect(page.sent[0]?.form).toMatchObject({ code: 'code-1', redirect_uri: CALLBACK })
    page.expectNothingLeft()
  })

  it('takes an answer of which nobody can tell the window, where the server has cut that off', async () => {
    const page = createPage()
    const { outcome, window, parameters, state } = await page.beginHere()
    // It only looks closed: the person is there.
    window?.close()
    await page.browser.clock.advance(60_000)
    page.replies.push([200, tokenBody({ nonce: parameters.nonce })])
    page.windows.say(said({ code: 'code-1', state }))
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    page.expectNothingLeft()
  })

  it('may be several at once, which end in any order', async () => {
    const page = createPage()
    const first = await page.beginHere()
    const second = await page.beginHere()
    page.replies.push([200, tokenBody({ nonce: second.parameters.nonce })])
    page.windows.say(said({ code: 'b', state: second.state }), second.window)
    expect(await second.outcome).toMatchObject({ user: { id: 'ada' } })
    page.replies.push([200, tokenBody({ nonce: first.parameters.nonce, sub: 'bob' })])
    page.windows.say(said({ code: 'a', state: first.state }), first.window)
    expect(await first.outcome).toMatchObject({ user: { id: 'bob' } })
    page.expectNothingLeft()
  })

  it('does not hear what other windows say, answers to other sign-ins, and nonsense', async () => {
    const page = createPage()
    const { outcome, window, parameters, state } = await page.beginHere()
    const { windows } = page
    const foreign = { code: 'evil', state: `${'x'.repeat(43)}.popup` }
    for (const what of [said(foreign), said({ code: 'evil' }), null, 7, 'text', {}, [], { a: 1 }]) {
      windows.say(what, window)
    }
    windows.say({ 'holdfast.callback': 7 }, window)
    windows.say(said({ code: 'evil', state }), { closed: false })
    page.replies.push([200, tokenBody({ nonce: parameters.nonce })])
    windows.say(said({ code: 'good', state }), window)
    // What comes twice, is heard once.
    windows.say(said({ code: 'twice', state }), window)
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(page.sent.map(({ form }) => form.code)).toEqual(['good'])
  })

  it('is aborted when somebody closes the window', async () => {
    const page = createPage()
    const { outcome, window } = await page.beginHere()
    await page.browser.clock.advance(60_000)
    page.windows.attention.here = true
    window?.close()
    await page.browser.clock.advance(1_000)
    expect(await outcome).toMatchObject({
      code: 'aborted',
      serverCode: 'popup_closed',
      retryable: false,
    })
    page.expectNothingLeft()
  })

  it('still hears what the window said as it closed', async () => {
    const page = createPage()
    const { outcome, window, parameters, state } = await page.beginHere()
    await page.browser.clock.advance(500)
    page.windows.attention.here = true
    window?.close()
    await page.browser.clock.advance(500)
    page.replies.push([200, tokenBody({ nonce: parameters.nonce })])
    page.windows.say(said({ code: 'code-1', state }), window)
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
  })

  it('waits longer where the page never lost attention: there only a cut-off window may look closed', async () => {
    const page = createPage()
    page.windows.attention.here = true
    const { outcome, window } = await page.beginHere()
    const state = { isOver: false }
    outcome.then(() => {
      state.isOver = true
    })
    window?.close()
    await page.browser.clock.advance(19_500)
    expect(state.isOver).toBe(false)
    await page.browser.clock.advance(500)
    expect(await outcome).toMatchObject({ serverCode: 'popup_closed' })
  })

  it('says so when the browser blocks the window, and asks the server nothing', async () => {
    const page = createPage({ metadata: undefined })
    page.windows.attention.blocked = true
    await expect(page.signInHere()).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'popup_blocked',
    })
    expect(page.sent).toEqual([])
    // Some browsers give a window all the same, that is closed.
    const open = () => ({ closed: true, location: { replace: () => {} }, close: () => {} })
    const { signIn } = popup(page.auth, { page: { ...page.windows.page, open } })
    await expect(signIn()).rejects.toMatchObject({ serverCode: 'popup_blocked' })
  })

  it('ends after its time', async () => {
    const page = createPage()
    const { outcome } = await page.beginHere()
    await page.browser.clock.advance(600_000)
    expect(await outcome).toMatchObject({ code: 'timeout' })
    page.expectNothingLeft()
  })

  it('ends with its client', async () => {
    const page = createPage()
    const { outcome } = await page.beginHere()
    page.auth.dispose()
    await page.browser.clock.advance(500)
    expect(await outcome).toMatchObject({ code: 'disposed' })
    page.expectNothingLeft()
  })

  it('ends when its caller gives up, and does not begin when it had before', async () => {
    const page = createPage()
    const abort = new AbortController()
    const { outcome } = await page.beginHere({}, { signal: abort.signal })
    abort.abort('enough')
    expect(await outcome).toMatchObject({ code: 'aborted', cause: 'enough' })
    page.expectNothingLeft()
    await expect(page.signInHere({}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
    })
    expect(page.windows.opened).toHaveLength(1)
  })

  it.each<readonly [string, Readonly<Record<string, string>>, object]>([
    [
      'the person does not agree, whose words are no markup',
      { error: 'access_denied', error_description: '<img src=x onerror=alert(1)>' },
      { code: 'rejected', serverCode: 'access_denied', message: 'The sign-in was refused.' },
    ],
    [
      'the server wants somebody to be asked',
      { error: 'login_required' },
      { code: 'step_required', serverCode: 'login_required' },
    ],
    ['the server cannot now', { error: 'server_error' }, { code: 'server_error', retryable: true }],
    [
      'another server answers (RFC 9207)',
      { code: 'code-1', iss: 'https://evil.example' },
      { code: 'invalid_credentials' },
    ],
  ])('fails as a redirect does where %s', async (_name, fields, error) => {
    const page = createPage()
    const { outcome, window, state } = await page.beginHere()
    page.windows.say(said({ ...fields, state }), window)
    expect(await outcome).toMatchObject(error)
    expect(page.sent).toEqual([])
    expect(await page.auth.getSession()).toBeNull()
    page.expectNothingLeft()
  })

  it('closes its window where the server cannot be found', async () => {
    const page = createPage({ metadata: undefined })
    page.replies.push('lost')
    await expect(page.signInHere()).rejects.toMatchObject({ code: 'network' })
    page.expectNothingLeft()
  })

  it('is refused with what cannot be sent, and without a client of oidc()', async () => {
    const page = createPage()
    await expect(page.signInHere({ maxAge: -1 })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    const list: object = []
    await expect(page.signInHere(list)).rejects.toMatchObject({ code: 'invalid_argument' })
    page.expectNothingLeft()
    const provider = gotrue({ url: 'https://auth.example' })
    const other = new AuthClient({ provider, storage: memoryStorage() })
    for (const attempt of [
      () => Reflect.apply(popup, null, [other]),
      () => Reflect.apply(popup, null, []),
      () => popup(page.auth, { timeout: Number.NaN }),
      () => popup(page.auth, { timeout: Infinity }),
      () => popup(page.auth, Object({ height: 7 })),
    ]) {
      expect(attempt).toThrowError(expect.objectContaining({ code: 'invalid_argument' }))
    }
    other.dispose()
  })
})

describe('a popup in a browser', () => {
  it('is a window of this one, heard on its origin alone', async () => {
    const { auth, replies, sent } = oidcPage({ metadata: DOCUMENT })
    const page = new EventTarget()
    const urls: string[] = []
    const window = { closed: false, location: { replace: (url: string) => urls.push(url) } }
    const opened = Object.assign(window, {
      close: () => {
        window.closed = true
      },
    })
    const asked: unknown[] = []
    vi.stubGlobal('location', new URL('https://app.example/start'))
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    vi.stubGlobal('open', (...given: unknown[]) => {
      asked.push(given)
      return opened
    })
    const outcome = popup(auth).signIn()
    expect(asked).toEqual([['', '_blank', 'popup,width=480,height=720']])
    await vi.waitUntil(() => urls.length, PATIENT)
    const { state = '', nonce } = Object.fromEntries(new URL(urls[0] ?? '').searchParams)
    replies.push([200, tokenBody({ nonce })])
    const tell = (code: string, origin: string): void => {
      const event = Object.assign(new Event('message'), {
        data: said({ code, state }),
        origin,
        source: opened,
      })
      page.dispatchEvent(event)
    }
    tell('evil', 'https://evil.example')
    tell('good', 'https://app.example')
    expect(await outcome).toMatchObject({ user: { id: 'ada' } })
    expect(sent.map(({ form }) => form.code)).toEqual(['good'])
    expect(opened.closed).toBe(true)
  })

  it('is blocked where there is no window to open', async () => {
    const { auth } = oidcPage({})
    await expect(popup(auth).signIn()).rejects.toMatchObject({ serverCode: 'popup_blocked' })
  })
})
