// @vitest-environment happy-dom
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp, h, nextTick, reactive, ref } from 'vue'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { createAuthComposables } from '../../src/vue/index.js'
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

it('an app that loads its sign-in after it is mounted shows who is signed in', async () => {
  const { authPlugin, useSession } = createAuthComposables<AuthClient>()
  const who = {
    setup: () =>
      (
        (session) => () =>
          session.value.status
      )(useSession()),
  }
  const isLoaded = ref(false)
  const app = createApp({ render: () => (isLoaded.value ? h(who) : 'none') })
  const root = document.createElement('div')
  app.mount(root)
  const auth = new AuthClient({
    provider: { id: 'scripted', refresh: async () => null },
    storage: memoryStorage(),
  })
  await auth.getSession()
  app.use(authPlugin, auth)
  isLoaded.value = true
  await nextTick()
  expect(root.textContent).toBe('signed-out')
  app.unmount()
  auth.dispose()
})
