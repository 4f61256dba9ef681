import { GoTrueClient } from '@supabase/auth-js'
import { describe, expect, it } from 'vitest'
import { GoTrueClient as Face } from '../../src/compat/auth-js/index.js'
import { web3 } from '../../src/providers/gotrue/web3.js'
import { gotrueWorld } from '../support/gotrue-world.js'
import { ethereumWallet, solanaSigner, solanaStandard } from '../support/wallets.js'

const url = 'https://app.example/login'

/** Supabase's own client and ours, at one server. */
function both() {
  const world = gotrueWorld({ web3: { uris: ['https://app.example/'] } })
  const theirs = new GoTrueClient({
    url: 'http://localhost/auth/v1',
    fetch: world.server.fetch,
    autoRefreshToken: false,
    persistSession: false,
    storageKey: 'theirs',
  })
  return { ...world, theirs, ours: web3(world.auth) }
}

describe('a wallet at Supabase’s own client and at ours', () => {
  it('of Ethereum is one person', async () => {
    const { theirs, ours, clock } = both()
    const { wallet } = ethereumWallet()
    const issuedAt = new Date(clock.now())
    const their = await theirs.signInWithWeb3({
      chain: 'ethereum',
      statement: 'Hi.',
      // Theirs is typed as MetaMask's whole object.
      wallet: Object(wallet),
      options: { url, signInWithEthereum: { issuedAt } },
    })
    expect(their.error).toBeNull()
    const { user } = await ours.signIn({ chain: 'ethereum', wallet, url })
    expect(user?.id).toBe(their.data.user?.id)
  })

  it.each([
    ['signs texts', solanaSigner],
    ['writes the text itself', solanaStandard],
  ])('of Solana that %s is one person', async (_, make) => {
    const { theirs, ours, clock } = both()
    const { wallet } = make()
    const issuedAt = new Date(clock.now()).toISOString()
    const their = await theirs.signInWithWeb3({
      chain: 'solana',
      wallet: Object(wallet),
      options: { url, signInWithSolana: Object({ issuedAt }) },
    })
    expect(their.error).toBeNull()
    const { user } = await ours.signIn({ chain: 'solana', wallet, url })
    expect(user?.id).toBe(their.data.user?.id)
  })

  it('of Ethereum is shown the same text through the face of auth-js', async () => {
    const { theirs, auth, clock } = both()
    const { wallet, calls } = ethereumWallet()
    const at = (ms: number): Date => new Date(clock.now() + ms)
    const credentials = {
      chain: 'ethereum',
      statement: 'Hi.',
      wallet: Object(wallet),
      options: {
        url,
        signInWithEthereum: {
          ...{ chainId: 5, nonce: 'abcdefgh', requestId: 'r', resources: ['https://a.example/'] },
          ...{ issuedAt: at(0), expirationTime: at(60_000), notBefore: at(-60_000) },
        },
      },
    } as const
    expect((await theirs.signInWithWeb3(Object(credentials))).error).toBeNull()
    expect((await new Face({ client: auth }).signInWithWeb3(Object(credentials))).error).toBeNull()
    const [their, our] = calls.filter(({ method }) => method === 'personal_sign')
    expect(our).toEqual(their)
  })

  it('of Solana that writes the text itself is asked the same through the face of auth-js', async () => {
    const { theirs, auth, clock } = both()
    const { wallet, asked } = solanaStandard()
    const issuedAt = new Date(clock.now()).toISOString()
    const signInWithSolana = { issuedAt, address: 'mine', chainId: 'mainnet', requestId: 'r' }
    const credentials = { chain: 'solana', wallet, options: { url, signInWithSolana } } as const
    expect((await theirs.signInWithWeb3(Object(credentials))).error).toBeNull()
    expect((await new Face({ client: auth }).signInWithWeb3(credentials)).error).toBeNull()
    const [their, our] = asked
    expect(our).toEqual(their)
  })
})
