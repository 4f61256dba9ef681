import { GoTrueClient } from '@supabase/auth-js'
import { describe, expect, it } from 'vitest'
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
})
