import { indexedDBKeys, indexedDBStorage, webStorage } from 'holdfast'
import { platformChannel } from '../../../src/environment/channel.js'
import { inProcessLock, webLock } from '../../../src/environment/lock.js'
import { channelContract } from '../../contracts/channel-contract.js'
import type { ContractCase } from '../../contracts/contract.js'
import { keyStoreContract } from '../../contracts/key-store-contract.js'
import { lockContract } from '../../contracts/lock-contract.js'
import {
  inheritedNamesContract,
  storageContract,
  storageIsolationContract,
} from '../../contracts/storage-contract.js'
import type { EngineCase } from './case.js'

const under = <Subject>(
  port: string,
  contract: readonly ContractCase<Subject>[],
  subject: () => Subject,
): EngineCase[] =>
  contract.map(({ name, run }) => ({ name: `${port} ${name}`, run: () => run(subject()) }))

const web = (area: 'local' | 'session') => () => ({
  first: webStorage({ area }),
  second: webStorage({ area }),
})

let databases = 0
const freshDatabase = (): string => `contract-${++databases}`
const sameDatabase = () => {
  const database = freshDatabase()
  return { first: indexedDBStorage({ database }), second: indexedDBStorage({ database }) }
}
const sameKeys = () => {
  const database = freshDatabase()
  return { first: indexedDBKeys({ database }), second: indexedDBKeys({ database }) }
}
const twoDatabases = () => ({
  first: indexedDBStorage({ database: freshDatabase() }),
  second: indexedDBStorage({ database: freshDatabase() }),
})

const storages = [...storageContract, ...inheritedNamesContract]

/** The contracts of the ports, as this engine keeps them. */
export const contracts: readonly EngineCase[] = [
  ...under('localStorage', storages, web('local')),
  ...under('sessionStorage', storages, web('session')),
  ...under('IndexedDB', storages, sameDatabase),
  ...under('two IndexedDB databases', storageIsolationContract, twoDatabases),
  ...under('keys in IndexedDB', keyStoreContract, sameKeys),
  ...under('the Web Lock', lockContract, () => webLock),
  ...under('the lock within a page', lockContract, () => inProcessLock),
  ...under('the channel', channelContract, () => platformChannel),
]
