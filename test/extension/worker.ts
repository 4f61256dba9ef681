/** The service worker of the extension: what it is asked by messages it answers, as often as it is woken. */
import { openClient } from './client.js'
import { answer, type Question } from './questions.js'

declare const chrome: {
  readonly runtime: {
    readonly onMessage: {
      addListener(
        listener: (message: Question, sender: unknown, reply: (value: unknown) => void) => true,
      ): void
    }
  }
}

const client = openClient()

chrome.runtime.onMessage.addListener((question, _, reply) => {
  answer(client, question).then(reply, (error) => reply({ error: `${error}` }))
  // The answer comes later.
  return true
})
