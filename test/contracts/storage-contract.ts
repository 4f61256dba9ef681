import type { Storage } from '../../src/core/ports.js'
import { type ContractCase, equal } from './contract.js'

/** Storages to compare: the second one is another handle on the contents of the first. */
export interface StorageSubject {
  readonly first: Storage
  readonly second: Storage
}

const AWKWARD: Readonly<Record<string, string>> = {
  'an empty text': '',
  'accents, emoji and ideographs': 'Grüße 👩‍👩‍👧‍👦 漢字 עברית',
  'control characters': '\u0000\u0001\n\r\t\u2028\ufeff',
  'text that looks like JSON': '{"v":1,"__proto__":null}',
  'the word null': 'null',
  'a megabyte': 'x'.repeat(1024 * 1024),
}

/** None is empty: MMKV refuses such a key, as AsyncStorage does on iOS, and clients refuse such a `storageKey`. */
const KEYS = [' ', 'a.b', 'a/b?c#d', 'Ünï 👾', '0', 'k'.repeat(5_000)]

const ILL_FORMED = ['', '\ud800', '\u0000']

const INHERITED = ['__proto__', 'constructor', 'length', 'getItem']

async function keepsApart({ first }: StorageSubject, keys: readonly string[]): Promise<void> {
  const name = (key: string): string => `key ${JSON.stringify(key.slice(0, 20))}`
  for (const key of keys) await first.set(key, `of ${key}`)
  for (const key of keys) equal(await first.get(key), `of ${key}`, name(key))
  for (const key of keys) await first.remove(key)
  for (const key of keys) equal(await first.get(key), null, name(key))
}

const roundTrip = (what: string, text: string): ContractCase<StorageSubject> => ({
  name: `gives back ${what} as it was`,
  async run({ first }) {
    const key = 'contract.round-trip'
    await first.set(key, text)
    equal(await first.get(key), text, what)
    await first.remove(key)
  },
})
const roundTrips = Object.entries(AWKWARD).map(([what, text]) => roundTrip(what, text))

const others: readonly ContractCase<StorageSubject>[] = [
  {
    name: 'answers null for what was never written',
    async run({ first }) {
      equal(await first.get('contract.never'), null, 'absent')
    },
  },
  {
    name: 'removes what is there, and minds not when it is not',
    async run({ first }) {
      await first.set('contract.remove', 'x')
      await first.remove('contract.remove')
      await first.remove('contract.remove')
      equal(await first.get('contract.remove'), null, 'removed')
    },
  },
  {
    name: 'keeps the newest text under a key',
    async run({ first }) {
      await first.set('contract.over', 'one')
      await first.set('contract.over', 'two')
      equal(await first.get('contract.over'), 'two', 'overwritten')
      await first.remove('contract.over')
    },
  },
  {
    name: 'takes any text but an empty one for a key and keeps keys apart',
    run: (subject) => keepsApart(subject, KEYS),
  },
  {
    name: 'loses none of many writes made at once',
    async run({ first, second }) {
      const keys = Array.from({ length: 20 }, (_, index) => `contract.many.${index}`)
      await Promise.all(keys.map(async (key, i) => (i % 2 ? first : second).set(key, key)))
      for (const key of keys) equal(await first.get(key), key, key)
      await Promise.all(keys.map(async (key) => first.remove(key)))
    },
  },
  {
    name: 'keeps one whole text when two are written under a key at once',
    async run({ first, second }) {
      const texts = ['a', 'b'].map((letter) => letter.repeat(10_000))
      await Promise.all(
        texts.map(async (text, i) => (i ? first : second).set('contract.race', text)),
      )
      const kept = await first.get('contract.race')
      equal(texts.includes(kept ?? ''), true, 'one of the two')
      equal(await second.get('contract.race'), kept, 'the same through both handles')
      await first.remove('contract.race')
    },
  },
  {
    name: 'shows to one handle what another wrote and removed',
    async run({ first, second }) {
      await first.set('contract.shared', 'x')
      equal(await second.get('contract.shared'), 'x', 'written')
      await second.remove('contract.shared')
      equal(await first.get('contract.shared'), null, 'removed')
    },
  },
]

/** What every storage promises of well-formed texts, which all that a client writes are. */
export const wellFormedContract: readonly ContractCase<StorageSubject>[] = [
  ...roundTrips,
  ...others,
]

/** What every storage promises that does not hand its texts to another language. */
export const storageContract: readonly ContractCase<StorageSubject>[] = [
  ...wellFormedContract,
  roundTrip('lone surrogates', 'a\ud800b\udc00c'),
  {
    name: 'takes an empty text, lone surrogates and the character 0 for keys like any other',
    run: (subject) => keepsApart(subject, ILL_FORMED),
  },
]

/** What two storages with contents of their own (two databases, two areas) promise. */
export const storageIsolationContract: readonly ContractCase<StorageSubject>[] = [
  {
    name: 'keeps contents of their own apart',
    async run({ first, second }) {
      await first.set('contract.apart', 'mine')
      equal(await second.get('contract.apart'), null, 'not visible')
      await second.set('contract.apart', 'yours')
      await second.remove('contract.apart')
      equal(await first.get('contract.apart'), 'mine', 'not removed')
      await first.remove('contract.apart')
    },
  },
]

/** Apart from the rest, because the `Storage` of happy-dom fails it; browsers do not. */
export const inheritedNamesContract: readonly ContractCase<StorageSubject>[] = [
  {
    name: 'takes the names of inherited properties for keys like any other',
    run: (subject) => keepsApart(subject, INHERITED),
  },
]
