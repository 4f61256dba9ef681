import { Window } from 'happy-dom'
import { vi } from 'vitest'
import { showDevtools } from '../../src/devtools/index.js'
import type { DevtoolsOptions } from '../../src/devtools/types.js'
import { AuthClient, memoryStorage } from '../../src/index.js'
import type { Probe } from './documented.js'

/** What a page has that the panel needs. */
const NAMES = [
  'document',
  'customElements',
  'HTMLElement',
  'CSSStyleSheet',
  'sessionStorage',
] as const

const client = {
  provider: { id: 'nobody', refresh: async () => ({ accessToken: '', lifetime: 1 }) },
  storage: memoryStorage(),
  storageKey: 'my-key',
}

/** What a page shows of a client by these options, and by no others. */
async function observe(options: DevtoolsOptions = {}) {
  const page = new Window()
  for (const name of NAMES) vi.stubGlobal(name, page[name])
  const auth = new AuthClient(client)
  const stop = showDevtools(auth, options)
  const element = page.document.querySelector('holdfast-devtools')
  const root = element?.shadowRoot
  const seen = {
    corner: element?.getAttribute('data-corner'),
    isOpen: root?.querySelector('#panel')?.hasAttribute('hidden') === false,
    name: root?.querySelector('option')?.textContent,
    storage: root?.querySelector('section.storage')?.textContent,
  }
  stop()
  auth.dispose()
  vi.unstubAllGlobals()
  await page.happyDOM.close()
  return seen
}

/** What the panel does where nobody says otherwise. */
export const devtoolsProbes: Readonly<Record<string, Probe>> = {
  'DevtoolsOptions.options': {
    says: 'none: the panel shows what the client itself tells',
    observe: async () => {
      const open = { initialIsOpen: true }
      const [without, given] = [await observe(open), await observe({ ...open, options: client })]
      return /Pass the options/.test(`${without.storage}`) && !/Pass/.test(`${given.storage}`)
    },
  },
  'DevtoolsOptions.name': {
    says: 'its storage key',
    observe: async () => (await observe({ options: client })).name === 'my-key',
  },
  'DevtoolsOptions.buttonPosition': { observe: async () => (await observe()).corner },
  'DevtoolsOptions.initialIsOpen': { observe: async () => (await observe()).isOpen },
}
