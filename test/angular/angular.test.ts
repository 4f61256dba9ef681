// @vitest-environment happy-dom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { bindingContract } from '../bindings/contract.js'
import { loadPage } from '../bindings/load.js'
import type { Framework } from '../bindings/page.js'
import { pagesOfEachTest } from '../bindings/pages.js'
import { ADA, countListeners } from '../bindings/stage.js'

bindingContract('angular', { provider: 'provideAuth(auth)', readsAtOnce: false, listeners: 1 })

describe('a page that Angular renders on a server', () => {
  let framework: Framework
  beforeAll(async () => {
    framework = await loadPage('angular')
  })
  const pages = pagesOfEachTest(() => framework)
  afterEach(() => void vi.unstubAllGlobals())

  it('says what the server knows of this request, whatever its own client does', async () => {
    // What Angular's builds for servers set, and its own code goes by.
    vi.stubGlobal('ngServerMode', true)
    const { auth } = pages().open()
    expect(await auth.getSession()).toBeNull()
    const listeners = countListeners(auth)
    const asked = pages().server.requests.length
    const options = { initialSession: { user: { id: 'ada', email: ADA.email } } }
    const { log, texts } = await pages().show(auth, { options })
    expect(texts('.who')).toEqual([`signed-in ${ADA.email}`])
    expect(log.token).toEqual(['loading'])
    expect(listeners()).toBe(0)
    expect(pages().server.requests.length).toBe(asked)
  })

  it('may find out whom it is for where inject works', async () => {
    const { auth } = await pages().signedIn()
    const { log } = await pages().show(auth, { options: { initialSession: null }, injects: true })
    expect(log.who).toEqual(['signed-out', `signed-in ${ADA.email}`])
  })
})
