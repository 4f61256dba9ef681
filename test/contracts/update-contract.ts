import type { Storage } from '../../src/core/ports.js'
import { type ContractCase, equal, rejects } from './contract.js'
import type { StorageSubject } from './storage-contract.js'

type Change = (text: string | null) => string | null

/** Updates a text; a storage without `update` fails every case. */
async function update(storage: Storage, key: string, change: Change): Promise<string | null> {
  if (!storage.update) throw new Error('This storage has no update.')
  return storage.update(key, change)
}

const increment: Change = (text) => String(Number(text ?? '0') + 1)

/** What every storage with `update` promises of it. */
export const updateContract: readonly ContractCase<StorageSubject>[] = [
  {
    name: 'shows to a change what is there, and null where nothing is',
    async run({ first }) {
      const seen: (string | null)[] = []
      const look: Change = (text) => {
        seen.push(text)
        return text
      }
      await update(first, 'contract.look', look)
      await first.set('contract.look', 'text')
      await update(first, 'contract.look', look)
      await first.set('contract.look', '')
      await update(first, 'contract.look', look)
      equal(JSON.stringify(seen), '[null,"text",""]', 'shown to the changes')
      await first.remove('contract.look')
    },
  },
  {
    name: 'keeps what the change returns, and resolves to it',
    async run({ first }) {
      for (const text of ['one', 'two', '', 'Grüße 漢字 a\ud800b']) {
        equal(await update(first, 'contract.keep', () => text), text, 'resolved to')
        equal(await first.get('contract.keep'), text, 'kept')
      }
      await first.remove('contract.keep')
    },
  },
  {
    name: 'removes the text for null, and minds not when there is none',
    async run({ first }) {
      await first.set('contract.drop', 'text')
      for (let round = 0; round < 2; round++) {
        equal(await update(first, 'contract.drop', () => null), null, 'resolved to')
        equal(await first.get('contract.drop'), null, 'removed')
      }
    },
  },
  {
    name: 'leaves a text that the change returns as it was',
    async run({ first, second }) {
      await first.set('contract.same', 'text')
      equal(await update(first, 'contract.same', (text) => text), 'text', 'resolved to')
      equal(await second.get('contract.same'), 'text', 'still there')
      await first.remove('contract.same')
    },
  },
  {
    name: 'shows to the other handle what it kept and removed',
    async run({ first, second }) {
      await update(first, 'contract.other', () => 'text')
      equal(await update(second, 'contract.other', (text) => `${text}!`), 'text!', 'built upon')
      await update(second, 'contract.other', () => null)
      equal(await first.get('contract.other'), null, 'removed')
    },
  },
  {
    name: 'keeps keys apart',
    async run({ first }) {
      await first.set('contract.mine', 'mine')
      await update(first, 'contract.yours', () => 'yours')
      await update(first, 'contract.yours', () => null)
      equal(await first.get('contract.mine'), 'mine', 'the other key')
      await first.remove('contract.mine')
    },
  },
  {
    name: 'loses none of many updates made at once through two handles',
    async run({ first, second }) {
      const rounds = Array.from({ length: 20 }, (_, round) => round)
      const handle = (round: number): Storage => (round % 2 ? first : second)
      const after = await Promise.all(
        rounds.map((round) => update(handle(round), 'contract.count', increment)),
      )
      equal(new Set(after).size, 20, 'different results')
      equal(await first.get('contract.count'), '20', 'counted')
      await first.remove('contract.count')
    },
  },
  {
    name: 'never loses a write that is made at the same time',
    async run({ first, second }) {
      await first.set('contract.between', 'old')
      await Promise.all([
        update(first, 'contract.between', (text) => `${text}+`),
        second.set('contract.between', 'new'),
      ])
      const kept = await first.get('contract.between')
      equal(kept === 'new' || kept === 'new+', true, `before or after the update, not ${kept}`)
      await first.remove('contract.between')
    },
  },
  {
    name: 'rejects when the change throws, leaves the text as it was and goes on working',
    async run({ first }) {
      await first.set('contract.throw', 'text')
      const broken: Change = () => {
        throw new Error('planted')
      }
      await rejects(update(first, 'contract.throw', broken), 'a change that throws')
      equal(await first.get('contract.throw'), 'text', 'kept')
      equal(await update(first, 'contract.throw', () => 'next'), 'next', 'the next update')
      await first.remove('contract.throw')
    },
  },
]
