import type { KeyStore } from '../../src/core/ports.js'
import { type ContractCase, equal } from './contract.js'

/** Key stores to compare: the second one is another handle on the contents of the first. */
export interface KeyStoreSubject {
  readonly first: KeyStore<CryptoKey | CryptoKeyPair>
  readonly second: KeyStore<CryptoKey | CryptoKeyPair>
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const MESSAGE = new TextEncoder().encode('of nobody')

const makePair = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify'])

/** Whether what is stored signs what the public key of `pair` verifies. */
async function belongs(
  stored: CryptoKey | CryptoKeyPair | null,
  { publicKey }: CryptoKeyPair,
): Promise<boolean> {
  if (!stored) return false
  const key = 'privateKey' in stored ? stored.privateKey : stored
  const signature = await crypto.subtle.sign(ECDSA, key, MESSAGE)
  return crypto.subtle.verify(ECDSA, publicKey, signature, MESSAGE)
}

/** What every key store promises. */
export const keyStoreContract: readonly ContractCase<KeyStoreSubject>[] = [
  {
    name: 'answers null for what was never kept',
    async run({ first }) {
      equal(await first.get('contract.never'), null, 'absent')
    },
  },
  {
    name: 'gives a pair back that signs as before, and that no script can read',
    async run({ first, second }) {
      const pair = await makePair()
      await first.set('contract.pair', pair)
      const stored = await second.get('contract.pair')
      equal(await belongs(stored, pair), true, 'signs as the pair that was kept')
      const secret = stored && 'privateKey' in stored ? stored.privateKey : stored
      equal(secret?.extractable, false, 'extractable')
      await first.remove('contract.pair')
    },
  },
  {
    name: 'gives a single key back',
    async run({ first, second }) {
      const pair = await makePair()
      await first.set('contract.key', pair.privateKey)
      equal(await belongs(await second.get('contract.key'), pair), true, 'the same key')
      await first.remove('contract.key')
    },
  },
  {
    name: 'keeps names apart',
    async run({ first }) {
      const [mine, yours] = [await makePair(), await makePair()]
      await first.set('contract.mine', mine)
      await first.set('contract.yours', yours)
      equal(await belongs(await first.get('contract.mine'), mine), true, 'mine')
      equal(await belongs(await first.get('contract.yours'), mine), false, 'yours')
      await first.remove('contract.mine')
      equal(await belongs(await first.get('contract.yours'), yours), true, 'still there')
      await first.remove('contract.yours')
    },
  },
  {
    name: 'removes what is there, also through the other handle, and minds not when it is not',
    async run({ first, second }) {
      await first.set('contract.remove', await makePair())
      await second.remove('contract.remove')
      await second.remove('contract.remove')
      equal(await first.get('contract.remove'), null, 'removed')
    },
  },
  {
    name: 'lists the names of what is kept, also through the other handle, where it can list any',
    async run({ first, second }) {
      const listed = async (): Promise<boolean | undefined> =>
        (await second.names?.())?.includes('contract.listed')
      await first.set('contract.listed', await makePair())
      equal(await listed(), second.names && true, 'listed')
      await first.remove('contract.listed')
      equal(await listed(), second.names && false, 'not listed any more')
    },
  },
]
