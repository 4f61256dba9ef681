/** The extension's popup, which lives as long as it is open. */

import { chromeStorage, isAuthError } from 'holdfast'
import { wellFormedContract } from '../contracts/storage-contract.js'
import { openClient } from './client.js'
import { answer, type Question } from './questions.js'

declare const chrome: {
  readonly runtime: { sendMessage(question: Question): Promise<unknown> }
}

const client = openClient()

const kit = {
  ask: (question: Question) => answer(client, question),
  /** Wakes the worker, if it sleeps. */
  askWorker: (question: Question) => chrome.runtime.sendMessage(question),
  /** What of the contract of storages does not hold in the browser's own. */
  async contract(area: 'local' | 'session'): Promise<readonly string[]> {
    const failed: string[] = []
    for (const { name, run } of wellFormedContract) {
      const subject = { first: chromeStorage({ area }), second: chromeStorage({ area }) }
      await run(subject).catch((error) => failed.push(`${name}: ${error}`))
    }
    return failed
  },
  /** More than the area can hold. */
  async fill(): Promise<unknown> {
    try {
      await chromeStorage().set('fill', 'x'.repeat(11 * 1024 * 1024))
      return 'kept'
    } catch (error) {
      return isAuthError(error) && { code: error.code, cause: `${error.cause}` }
    }
  },
}

declare global {
  interface Window {
    readonly extension: typeof kit
  }
}
Object.assign(window, { extension: kit })
