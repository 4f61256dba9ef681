import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import {
  type PlaywrightContext,
  type PlaywrightRoute,
  signInContext,
} from '../../src/testing/playwright.js'

const OPTIONS = {
  server: createScriptedGoTrue(),
  url: 'https://project.example/auth/v1/',
  appOrigin: 'http://localhost:3000/any',
  signIn: async ({ storage }: { readonly storage: { set(key: string, text: string): unknown } }) =>
    storage.set('app', '{}'),
}

/** A context that is told what it is to do, and does not do it. */
function createContext() {
  const told: string[] = []
  let handle: (route: PlaywrightRoute) => Promise<void> = async () => {}
  const context: PlaywrightContext = {
    async route(url, handler) {
      told.push(url)
      handle = handler
    },
    async addInitScript({ content }) {
      told.push(content)
    },
  }
  async function ask(method: string, headers: Record<string, string> = {}) {
    const answers: unknown[] = []
    await handle({
      request: () => ({
        url: () => 'https://project.example/auth/v1/user',
        method: () => method,
        headers: () => headers,
        postData: () => null,
      }),
      fulfill: async (answer) => void answers.push(answer),
      abort: async () => void answers.push('aborted'),
    })
    return answers[0]
  }
  return { context, told, ask }
}

describe('signInContext', () => {
  it('plants what the sign-in has left, at the origin of the app and once', async () => {
    const { context, told } = createContext()
    await signInContext(context, OPTIONS)
    expect(told[0]).toBe('https://project.example/auth/v1/**')
    expect(told[1]).toContain('location.origin === "http://localhost:3000"')
    expect(told[1]).toContain('{"app":"{}"}')
  })

  it('plants the session of a client that was disposed of, which nobody here goes on with', async () => {
    const { context, told } = createContext()
    const ada = { email: 'ada@example.com', password: 'secret-1' }
    const server = createScriptedGoTrue({ users: [ada] })
    await signInContext(context, {
      ...OPTIONS,
      server,
      async signIn({ fetch, storage }) {
        const auth = new AuthClient({ provider: gotrue({ url: OPTIONS.url, fetch }), storage })
        await auth.signIn(ada)
        auth.dispose()
      },
    })
    expect(told[1]).toContain('ada@example.com')
    expect(server.sessions()).toHaveLength(1)
  })

  it('lets pages of the app read what the server says, also where it says no', async () => {
    const { context, ask } = createContext()
    await signInContext(context, OPTIONS)
    const origin = 'http://localhost:3000'
    const allowed = expect.objectContaining({ 'access-control-allow-origin': origin })
    expect(await ask('GET', { origin })).toMatchObject({ status: 401, headers: allowed })
    expect(await ask('OPTIONS', { origin })).toMatchObject({ status: 204, headers: allowed })
  })

  it('leaves a request without an answer that the server is told to lose', async () => {
    const { context, ask } = createContext()
    await signInContext(context, OPTIONS)
    OPTIONS.server.fail({ type: 'drop' })
    expect(await ask('GET')).toBe('aborted')
  })

  it('says when the sign-in has left nothing, or what is no URL', async () => {
    const { context } = createContext()
    const refused = { code: 'invalid_argument' }
    const nothing = { ...OPTIONS, signIn: async () => {} }
    await expect(signInContext(context, nothing)).rejects.toMatchObject(refused)
    for (const wrong of ['/auth', 'project.example', 'localhost:9999', 'file:///auth', '']) {
      const urls = [{ url: wrong }, { appOrigin: wrong }]
      for (const url of urls) {
        const call = signInContext(context, { ...OPTIONS, ...url })
        await expect(call).rejects.toMatchObject(refused)
      }
    }
  })

  it('stands in for the server however its address is written', async () => {
    const { context, told } = createContext()
    await signInContext(context, { ...OPTIONS, url: 'HTTPS://Project.example:443/auth/v1' })
    expect(told[0]).toBe('https://project.example/auth/v1/**')
  })
})
