import { sign } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { ethereumWallet, solanaKey } from '../support/wallets.js'
import { findChromium, launch } from './chromium.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What is tested is what was built. */
async function bundle(): Promise<string> {
  const names = ['claims', 'oauth-consent', 'sso', 'web3']
  const areas = names.map((name) => [
    `holdfast/providers/gotrue/${name}`,
    at(`../../dist/providers/gotrue/${name}.js`),
  ])
  const { outputFiles } = await build({
    entryPoints: [at('gotrue-areas-page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    alias: {
      holdfast: at('../../dist/index.js'),
      'holdfast/providers/gotrue': at('../../dist/providers/gotrue/index.js'),
      ...Object.fromEntries(areas),
    },
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** An app and its GoTrue on one origin; any path is the app's page. */
async function startApp(script: string) {
  let server: ScriptedGoTrue
  const { port, close } = await listen(async (request, response) => {
    const path = request.url ?? '/'
    if (path.startsWith('/auth/v1/')) {
      return relay(
        await server.fetch(await toRequest(request, origin), { redirect: 'manual' }),
        response,
      )
    }
    const isScript = path === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : PAGE)
  })
  // By this name alone GoTrue lets wallets sign for pages without https.
  const origin = `http://localhost:${port}`
  server = createScriptedGoTrue({
    redirectUrls: ['**'],
    users: [ADA],
    signing: 'es256',
    sso: [
      {
        id: '3c1d25b3-f679-420f-a9c5-82ab5eb4b8f0',
        domains: ['corp.example'],
        email: 'eve@corp.example',
      },
    ],
    web3: { uris: [`${origin}/`] },
    oauthServer: { consentUrl: `${origin}/consent` },
  })
  return { origin, close, server }
}

describe.skipIf(!findChromium())('in a real browser', () => {
  let browser: Browser
  let script: string
  let app: Awaited<ReturnType<typeof startApp>>
  let page: Page

  beforeAll(async () => {
    script = await bundle()
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    app = await startApp(script)
    page = await browser.newPage()
    await page.goto(`${app.origin}/`)
  })
  afterEach(async () => {
    await page.close()
    await app.close()
  })

  const signIn = () => page.evaluate((ada) => window.areas.auth.signIn(ada), ADA)

  it('a person of a company signs in at its identity provider, and comes back signed in', async () => {
    await page.evaluate(async () => {
      const redirectTo = `${location.origin}/back?tab=2`
      const url = await window.areas.sso.signInUrl({ domain: 'corp.example' }, { redirectTo })
      location.assign(url)
    })
    await page.waitForURL(/\/back\?tab=2&code=/)
    const result = await page.evaluate(() => window.areas.auth.actions.handleRedirect())
    expect(result?.user?.email).toBe('eve@corp.example')
    expect(page.url()).toBe(`${app.origin}/back?tab=2`)
  })

  it('a wallet of the page signs somebody in', async () => {
    const { address, key } = solanaKey()
    await page.exposeFunction('signText', (text: string) =>
      sign(null, Buffer.from(text), key).toString('base64'),
    )
    const result = await page.evaluate(async (mine) => {
      window.solana = {
        publicKey: { toBase58: () => mine },
        async signMessage(message: Uint8Array) {
          const signature = atob(await window.signText(new TextDecoder().decode(message)))
          return Uint8Array.from(signature, (char) => char.charCodeAt(0))
        },
      }
      return window.areas.web3.signIn({ chain: 'solana', statement: 'Welcome.' })
    }, address)
    expect(result.user?.userMetadata).toMatchObject({ sub: `web3:solana:${address}` })
  })

  it('a wallet of Ethereum signs somebody in, where the page has one', async () => {
    const { address, wallet, calls } = ethereumWallet()
    await page.exposeFunction('askWallet', wallet.request)
    const result = await page.evaluate(() => {
      window.ethereum = { request: (call: object) => window.askWallet(call) }
      return window.areas.web3.signIn({ chain: 'ethereum', statement: 'Welcome.' })
    })
    const sub = `web3:ethereum:${address.toLowerCase()}`
    expect(result.user?.userMetadata).toMatchObject({ sub })
    expect(calls.map(({ method }) => method)).toEqual([
      'eth_requestAccounts',
      'eth_chainId',
      'personal_sign',
    ])
  })

  it('a person lets another app in, by the page that the server leads to, and shuts it out', async () => {
    await signIn()
    const oauth = `${app.origin}/auth/v1/oauth`
    const callback = `${app.origin}/other-app`
    const body = JSON.stringify({ client_name: 'Other App', redirect_uris: [callback] })
    const registered = await fetch(`${oauth}/clients/register`, { method: 'POST', body })
    const { client_id: clientId } = await registered.json()
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: callback, state: 'st' })
    await page.goto(`${oauth}/authorize?${query}`)
    await page.waitForURL(/\/consent\?authorization_id=/)
    await page.evaluate(async () => {
      const authorizationId = new URL(location.href).searchParams.get('authorization_id') ?? ''
      const { consent } = window.areas
      const asked = await consent.details({ authorizationId })
      if (asked.redirectUrl !== null) throw new Error('Nobody has agreed to anything.')
      document.title = `${asked.client.name} wants ${asked.scopes}`
      location.assign((await consent.approve({ authorizationId })).redirectUrl)
    })
    await page.waitForURL(/\/other-app\?code=[\w-]+&state=st$/)
    const grants = await page.evaluate(() => window.areas.consent.grants())
    expect(grants).toMatchObject([{ client: { id: clientId, name: 'Other App' } }])
    await page.evaluate((id) => window.areas.consent.revoke({ clientId: id }), clientId)
    expect(await page.evaluate(() => window.areas.consent.grants())).toEqual([])
  })

  it('the session’s token is verified in the page, by the published keys', async () => {
    await signIn()
    app.server.clearLog()
    const { claims, header } = await page.evaluate(() => window.areas.claims.verify())
    expect(claims.email).toBe(ADA.email)
    expect(header.alg).toBe('ES256')
    expect(app.server.requests.map(({ path }) => path)).toEqual(['/.well-known/jwks.json'])
  })
})
