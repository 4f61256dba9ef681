// @vitest-environment happy-dom
import { beforeAll, describe, expect, it } from 'vitest'
import { bindingContract } from '../bindings/contract.js'
import { loadPage } from '../bindings/load.js'
import type { Framework } from '../bindings/page.js'
import { pagesOfEachTest } from '../bindings/pages.js'
import { serverContract } from '../bindings/server-contract.js'
import { ADA } from '../bindings/stage.js'

bindingContract('angular', { provider: 'provideAuth(auth)', readsAtOnce: false, listeners: 1 })
serverContract('angular', { takesOverParts: false })

describe('the options of a page of Angular', () => {
  let framework: Framework
  beforeAll(async () => {
    framework = await loadPage('angular')
  })
  const pages = pagesOfEachTest(() => framework)

  it('may be made where inject works', async () => {
    const { auth } = await pages().signedIn()
    const { log } = await pages().show(auth, { options: { initialSession: null }, injects: true })
    expect(log.who).toEqual(['signed-out', `signed-in ${ADA.email}`])
  })
})
