import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { type Web3Credentials, web3 } from '../../src/providers/gotrue/web3.js'
import { answered, anyAnswer, SIGNED_IN, signedIn } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'
import { gotrueWorld } from '../support/gotrue-world.js'
import { ethereumWallet, solanaSigner, solanaStandard } from '../support/wallets.js'

const URL_OF_APP = 'https://app.example/login'
const open = () => {
  const world = gotrueWorld({ web3: { uris: ['https://app.example/', 'http://localhost/'] } })
  return { ...world, ...web3(world.auth) }
}

afterEach(() => vi.unstubAllGlobals())

describe('a wallet of Ethereum', () => {
  it('signs somebody in with a text of EIP-4361', async () => {
    const { signIn, events, clock } = open()
    const { wallet, calls, address } = ethereumWallet()
    const statement = 'I accept the terms.'
    const { session, user } = await signIn({
      chain: 'ethereum',
      wallet,
      statement,
      url: URL_OF_APP,
    })
    expect(session?.amr).toMatchObject([{ method: 'web3' }])
    const mine = address.toLowerCase()
    expect(user?.userMetadata).toMatchObject({
      custom_claims: { address: mine, network: '11155111', statement, domain: 'app.example' },
    })
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
    const [data, signer] = calls.at(-1)?.params ?? []
    expect(signer).toBe(mine)
    const text = Buffer.from(String(data).slice(2), 'hex').toString()
    expect(text.replace(/Nonce: [\da-z]{8,}/i, 'Nonce: …')).toBe(
      [
        'app.example wants you to sign in with your Ethereum account:',
        mine,
        '',
        statement,
        '',
        `URI: ${URL_OF_APP}`,
        'Version: 1',
        'Chain ID: 11155111',
        'Nonce: …',
        `Issued At: ${new Date(clock.now()).toISOString()}`,
      ].join('\n'),
    )
  })

  it('is the page’s where none is passed; and the text names the page without its secrets', async () => {
    const { signIn, tab } = open()
    const { wallet, calls } = ethereumWallet()
    vi.stubGlobal('ethereum', wallet)
    tab.navigate('http://localhost/app?code=secret#access_token=secret')
    expect((await signIn({ chain: 'ethereum' })).session).not.toBeNull()
    const text = Buffer.from(String(calls.at(-1)?.params?.[0]).slice(2), 'hex').toString()
    expect(text).toContain('\n\n\nURI: http://localhost/app\n')
    expect(text).not.toContain('secret')
  })

  it('signs nobody in where the person says no', async () => {
    const { signIn, server } = open()
    const refusal = Object.assign(new Error('User rejected the request.'), { code: 4001 })
    const wallet = { request: async () => Promise.reject(refusal) }
    const call = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP })
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: refusal, retryable: false })
    expect(server.requests).toEqual([])
  })

  it('that stays open for ever holds nobody who gives up', async () => {
    const { signIn } = open()
    const wallet = { request: () => new Promise<never>(() => {}) }
    const abort = new AbortController()
    const call = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP }, { signal: abort.signal })
    abort.abort('enough')
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    const again = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP }, { signal: abort.signal })
    await expect(again).rejects.toMatchObject({ code: 'aborted' })
  })

  it('leaves nothing at a signal that goes on', async () => {
    const { signIn } = open()
    const { signal } = new AbortController()
    const [add, remove] = [
      vi.spyOn(signal, 'addEventListener'),
      vi.spyOn(signal, 'removeEventListener'),
    ]
    await signIn({ chain: 'ethereum', ...ethereumWallet(), url: URL_OF_APP }, { signal })
    const gone = new Set(remove.mock.calls.map(([, listener]) => listener))
    expect(add.mock.calls.length).toBeGreaterThan(0)
    expect(add.mock.calls.filter(([, listener]) => !gone.has(listener))).toEqual([])
  })
})

/** All that a message may say besides, and the lines that say it. */
function allFields(now: number) {
  const [issuedAt, expirationTime, notBefore] = [0, 60_000, -60_000].map((ms) =>
    new Date(now + ms).toISOString(),
  )
  const [first, second] = ['https://app.example/terms', 'ipfs://other']
  return {
    fields: {
      ...{ chainId: '1', nonce: 'abcdefgh1', issuedAt, expirationTime, notBefore },
      ...{ requestId: 'request 1', resources: [`${first}`, `${second}`] },
    },
    lines: [
      `URI: ${URL_OF_APP}`,
      'Version: 1',
      'Chain ID: 1',
      'Nonce: abcdefgh1',
      `Issued At: ${issuedAt}`,
      `Expiration Time: ${expirationTime}`,
      `Not Before: ${notBefore}`,
      'Request ID: request 1',
      'Resources:',
      `- ${first}`,
      `- ${second}`,
    ],
  }
}

describe('whatever else a message may say', () => {
  it('is signed by a wallet of Ethereum, in the order of EIP-4361', async () => {
    const { signIn, clock } = open()
    const { wallet, calls, address } = ethereumWallet()
    const { fields, lines } = allFields(clock.now())
    const { user } = await signIn({ chain: 'ethereum', wallet, url: URL_OF_APP, fields })
    expect(user?.userMetadata).toMatchObject({ custom_claims: { network: '1' } })
    expect(calls.map(({ method }) => method)).toEqual(['eth_requestAccounts', 'personal_sign'])
    const text = Buffer.from(String(calls.at(-1)?.params?.[0]).slice(2), 'hex').toString()
    expect(text.split('\n').slice(1)).toEqual([address.toLowerCase(), '', '', ...lines])
  })

  it('is signed by a wallet of Solana, in the same order', async () => {
    const { signIn, clock } = open()
    const { wallet, signed, address } = solanaSigner()
    const { fields, lines } = allFields(clock.now())
    await signIn({ chain: 'solana', wallet, url: URL_OF_APP, fields, statement: 'Hi.' })
    expect(signed[0]?.split('\n').slice(1)).toEqual([address, '', 'Hi.', '', ...lines])
  })

  it('is for a wallet that writes the text itself, but for what names the app', async () => {
    const { signIn, clock } = open()
    const { wallet, asked } = solanaStandard()
    const { fields } = allFields(clock.now())
    const lies = { domain: 'evil.example', uri: 'https://evil.example/', version: '2' }
    const wish = {
      chain: 'solana',
      wallet,
      url: URL_OF_APP,
      fields: { ...lies, ...fields },
    } as const
    await signIn(wish)
    expect(asked).toEqual([{ ...fields, domain: 'app.example', uri: URL_OF_APP, version: '1' }])
  })

  it('cannot be a line of its own', async () => {
    const { signIn, server } = open()
    const { wallet, calls } = ethereumWallet()
    for (const fields of [{ requestId: 'a\nResources:' }, { resources: ['a', 'b\r- c'] }]) {
      const call = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP, fields })
      await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    expect([calls, server.requests]).toEqual([[], []])
  })

  it('is refused by the server where it is over', async () => {
    const { signIn, clock } = open()
    const { wallet } = ethereumWallet()
    const expirationTime = new Date(clock.now() - 1).toISOString()
    const call = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP, fields: { expirationTime } })
    await expect(call).rejects.toMatchObject({ code: 'invalid_credentials' })
  })
})

describe('a wallet of Solana', () => {
  it.each([{ wrapped: false }, { wrapped: true }])(
    'that signs texts signs somebody in (%j)',
    async (kind) => {
      const { signIn } = open()
      const { wallet, signed, address } = solanaSigner(kind)
      const { user } = await signIn({ chain: 'solana', wallet, statement: 'Hi.', url: URL_OF_APP })
      expect(user?.userMetadata).toMatchObject({ sub: `web3:solana:${address}` })
      expect(signed[0]).toMatch(
        /^app\.example wants you to sign in with your Solana account:\n\w+\n\nHi\.\n\nURI: https:\/\/app\.example\/login\nVersion: 1\nIssued At: \S+Z$/,
      )
      await signIn({ chain: 'solana', wallet, url: URL_OF_APP })
      expect(signed[1]).toMatch(/account:\n\w+\n\nURI: https/)
    },
  )

  it.each([{ many: true }, { many: false }])(
    'that writes the text itself signs somebody in (%j)',
    async (kind) => {
      const { signIn, clock } = open()
      const { wallet, asked, address } = solanaStandard(kind)
      const { user } = await signIn({ chain: 'solana', wallet, statement: 'Hi.', url: URL_OF_APP })
      expect(user?.userMetadata).toMatchObject({ sub: `web3:solana:${address}` })
      expect(asked).toEqual([
        {
          domain: 'app.example',
          uri: URL_OF_APP,
          version: '1',
          issuedAt: new Date(clock.now()).toISOString(),
          statement: 'Hi.',
        },
      ])
    },
  )

  it('is refused for another’s signature', async () => {
    const { signIn } = open()
    const { wallet } = solanaSigner()
    const { address } = solanaSigner()
    const liar = { ...wallet, publicKey: { toBase58: () => address } }
    await expect(signIn({ chain: 'solana', wallet: liar, url: URL_OF_APP })).rejects.toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'invalid_grant',
    })
  })
})

describe('what was signed elsewhere', () => {
  it('signs somebody in, its signature as bytes or as text', async () => {
    const { auth, sent } = answered(SIGNED_IN, SIGNED_IN, SIGNED_IN, SIGNED_IN)
    const { signIn } = web3(auth)
    const bytes = Uint8Array.of(1, 254, 255)
    await signIn({ chain: 'ethereum', message: 'm', signature: bytes, captchaToken: 'human' })
    await signIn({ chain: 'solana', message: 'm', signature: bytes })
    await signIn({ chain: 'solana', message: 'm', signature: 'text' })
    expect(sent[0]?.url.search).toBe('?grant_type=web3')
    expect(sent.map(({ body }) => body)).toEqual([
      {
        chain: 'ethereum',
        message: 'm',
        signature: '0x01feff',
        gotrue_meta_security: { captcha_token: 'human' },
      },
      { chain: 'solana', message: 'm', signature: 'Af7_' },
      { chain: 'solana', message: 'm', signature: 'text' },
    ])
  })

  it('for another app is refused', async () => {
    const { signIn } = open()
    const { wallet } = ethereumWallet()
    const call = signIn({ chain: 'ethereum', wallet, url: 'https://evil.example/' })
    await expect(call).rejects.toMatchObject({ code: 'invalid_credentials' })
  })

  it('is refused where the server takes no wallets', async () => {
    const { signIn } = web3(gotrueWorld().auth)
    const { wallet } = ethereumWallet()
    const call = signIn({ chain: 'ethereum', wallet, url: URL_OF_APP })
    await expect(call).rejects.toMatchObject({ serverCode: 'web3_provider_disabled' })
  })
})

describe('a mistake of the caller', () => {
  const { wallet } = ethereumWallet()
  const url = URL_OF_APP
  it.each([
    undefined,
    null,
    {},
    { chain: 'dogecoin', message: 'm', signature: 's' },
    { chain: 'ethereum', message: '', signature: 's' },
    { chain: 'ethereum', message: 'm' },
    { chain: 'ethereum', message: 'm', signature: 7 },
    { chain: 'ethereum', wallet: 7, url },
    { chain: 'ethereum', url },
    { chain: 'ethereum', wallet: {}, url },
    { chain: 'ethereum', wallet: { request: async () => [] }, url },
    { chain: 'ethereum', wallet: { request: async () => null }, url },
    { chain: 'ethereum', wallet, url: 'nowhere' },
    { chain: 'ethereum', wallet, url: 'mailto:a@b.c' },
    { chain: 'ethereum', wallet, url, statement: 'two\nlines' },
    { chain: 'ethereum', wallet, url, fields: { nonce: Symbol('x') } },
    { chain: 'solana', url },
    { chain: 'solana', wallet: {}, url },
    { chain: 'solana', wallet: { publicKey: null, signMessage: async () => null }, url },
    { chain: 'solana', wallet: { signIn: async () => null }, url },
    { chain: 'solana', wallet: { signIn: async () => [{ signedMessage: 'm' }] }, url },
    { chain: 'solana', wallet: { publicKey: { toBase58: () => 'a' } }, url },
  ])('such as %j is called one, and nothing is sent', async (wrong) => {
    const { auth, sent } = answered()
    const call = Reflect.apply(web3(auth).signIn, undefined, [wrong])
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toEqual([])
  })
})

describe('any answer', () => {
  const likely = fc.record(
    { access_token: fc.jsonValue(), refresh_token: fc.jsonValue(), user: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const credentials: Web3Credentials = { chain: 'solana', message: 'm', signature: 's' }

  it('of the server is a session or an AuthError, and nobody is signed out by it', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(likely), async (answer) => {
        const { auth } = await signedIn(answer())
        const outcome = await web3(auth)
          .signIn(credentials)
          .catch((error: unknown) => error)
        if (!isAuthError(outcome)) expect(outcome).toHaveProperty('session.accessToken')
        expect(auth.getSnapshot().session).not.toBeNull()
        auth.dispose()
      }),
    )
  })

  it('of a wallet is sent to the server, or an AuthError', async () => {
    const odd = fc.oneof(fc.anything(), fc.uint8Array(), fc.array(fc.anything()))
    await fc.assert(
      fc.asyncProperty(odd, fc.constantFrom('ethereum', 'solana'), async (said, chain) => {
        const { auth, sent } = answered()
        const wallet = {
          request: async () => said,
          signIn: async () => said,
        }
        const call = web3(auth).signIn
        const outcome: unknown = await Reflect.apply(call, undefined, [
          { chain, wallet, url: URL_OF_APP },
        ]).catch((error: unknown) => error)
        expect(isAuthError(outcome)).toBe(true)
        if (sent.length > 0) {
          expect(sent[0]?.body).toMatchObject({
            message: expect.any(String),
            signature: expect.any(String),
          })
        }
      }),
    )
  })
})
