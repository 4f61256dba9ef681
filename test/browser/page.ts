/** What runs in the page: the built package, and the contract suites. */

import { AuthClient, indexedDBStorage, systemClock, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { platformChannel } from '../../src/environment/channel.js'
import { inProcessLock, webLock } from '../../src/environment/lock.js'
import { channelContract } from '../contracts/channel-contract.js'
import { lockContract } from '../contracts/lock-contract.js'
import { storageContract, storageIsolationContract } from '../contracts/storage-contract.js'

type Kind = 'local' | 'session' | 'indexed-db'

const storages = {
  local: () => webStorage(),
  session: () => webStorage({ area: 'session' }),
  'indexed-db': (database?: string) => indexedDBStorage(database ? { database } : {}),
}

interface Options extends Record<string, unknown> {
  /** The origin of the server. @default the page's */
  readonly server?: string
}

function open(kind: Kind = 'local', { server = location.origin, ...options }: Options = {}) {
  const auth = new AuthClient({
    provider: gotrue({ url: `${server}/auth/v1` }),
    storage: storages[kind](),
    storageKey: 'app',
    ...options,
  })
  const events: string[] = []
  auth.onAuthStateChange((event) => void events.push(event))
  return { auth, events }
}

interface Case<Subject> {
  readonly name: string
  readonly run: (subject: Subject) => Promise<void>
}

async function run<Subject>(cases: readonly Case<Subject>[], subject: () => Subject) {
  const results: string[] = []
  for (const { name, run } of cases) {
    await run(subject()).then(
      () => results.push(`ok ${name}`),
      (error) => results.push(`FAILED ${name}: ${error}`),
    )
  }
  return results
}

let databases = 0

const contracts = {
  local: () => run(storageContract, () => ({ first: webStorage(), second: webStorage() })),
  session: () =>
    run(storageContract, () => ({
      first: webStorage({ area: 'session' }),
      second: webStorage({ area: 'session' }),
    })),
  'indexed-db': async () => [
    ...(await run(storageContract, () => {
      const database = `contract-${++databases}`
      return { first: indexedDBStorage({ database }), second: indexedDBStorage({ database }) }
    })),
    ...(await run(storageIsolationContract, () => ({
      first: indexedDBStorage({ database: `contract-${++databases}` }),
      second: indexedDBStorage({ database: `contract-${++databases}` }),
    }))),
  ],
  'web-lock': () => run(lockContract, () => webLock),
  'in-process-lock': () => run(lockContract, () => inProcessLock),
  channel: () => run(channelContract, () => platformChannel),
}

const kit = { open, contracts, systemClock }

declare global {
  interface Window {
    kit: typeof kit
    opened: ReturnType<typeof open>
    /** Talks to the worker of the test. */
    ask: (data: string, ports: MessagePort[]) => void
  }
}

window.kit = kit
