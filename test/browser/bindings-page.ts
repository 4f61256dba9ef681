/** What runs in the page of each framework: its page over a client of the built package. */
import { AuthClient, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import type { Framework, PageProps } from '../bindings/page.js'

/** What a server said of the page: how it was rendered. */
export type Given = Pick<PageProps, 'options'>

const textOf = (selector: string): string => document.querySelector(selector)?.textContent ?? ''

/** Writes down what is there whenever a frame is painted, as often as that changes. */
function watchFrames(painted: string[]): void {
  const text = [textOf('.who'), textOf('button')].join(', ')
  if (text !== ', ' && painted.at(-1) !== text) painted.push(text)
  requestAnimationFrame(() => watchFrames(painted))
}

/** Shows the page of a framework. */
export async function open({ show }: Framework): Promise<void> {
  const given: Given = JSON.parse(textOf('#given'))
  const place = document.querySelector('#app')
  if (!place) throw new Error('The page has no place for the app.')
  const painted: string[] = []
  watchFrames(painted)
  const before = place.querySelectorAll('*')
  const client = new AuthClient({
    provider: gotrue({ url: `${location.origin}/auth/v1` }),
    storage: webStorage(),
    storageKey: location.pathname,
  })
  const credentials = { email: 'ada@example.com', password: 'correct horse' }
  const tell: PageProps['tell'] = (_, text) => text
  const page = { client, credentials, tell, options: given.options ?? {} }
  await show(place, page, true)
  window.binding = { painted, isKept: () => [...before].every((one) => place.contains(one)) }
}

declare global {
  interface Window {
    binding: {
      /** What a person has seen, in the order in which it was there. */
      readonly painted: readonly string[]
      /** Whether what the server rendered is still there, element by element. */
      readonly isKept: () => boolean
    }
  }
}
