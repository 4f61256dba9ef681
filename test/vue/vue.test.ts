// @vitest-environment happy-dom
import { beforeAll, describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import { bindingContract } from '../bindings/contract.js'
import { loadPage } from '../bindings/load.js'
import type { Client, Framework } from '../bindings/page.js'
import { pagesOfEachTest } from '../bindings/pages.js'
import { serverContract } from '../bindings/server-contract.js'
import { ADA } from '../bindings/stage.js'

bindingContract('vue', { provider: 'app.use(authPlugin, auth)', readsAtOnce: true, listeners: 1 })
serverContract('vue', { takesOverParts: true })

describe('a store of Vue', () => {
  let framework: Framework
  beforeAll(async () => {
    framework = await loadPage('vue')
  })
  const pages = pagesOfEachTest(() => framework)

  it('may hold what the composables gave, and its client works', async () => {
    const { auth } = await pages().signedIn()
    const read: ReturnType<Client['getSession']>[] = []
    await pages().show(auth, {
      found: (given) => void read.push(reactive({ ...given }).client.getSession()),
    })
    expect((await read[0])?.user?.email).toBe(ADA.email)
  })
})
