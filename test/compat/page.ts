import { Window } from 'happy-dom'
import { vi } from 'vitest'
import { createDevice } from '../support/device.js'
import { type Asked, plantWebAuthn } from '../support/web-authn.js'

/** The page that a row plays on. */
export interface PageOptions {
  readonly href: string
  /** Whether its browser knows WebAuthn. @default true */
  readonly webauthn?: boolean
}

/** A page with a browser that has a device. */
export interface RowPage {
  readonly asked: readonly Asked[]
  /** What the next prompts end with; nothing for a person who agrees. */
  refuseWith(error: Error | undefined): void
  /** Whether prompts stay open until their signals abort. */
  wait(forever: boolean): void
}

/** Gives this process a page; `vi.unstubAllGlobals()` takes it away. */
export function plantPage({ href, webauthn = true }: PageOptions): RowPage {
  const window = new Window({ url: href })
  const device = createDevice({ origin: new URL(href).origin })
  let refusal: Error | undefined
  let waits = false
  const before = async (signal: AbortSignal): Promise<void> => {
    if (refusal) throw refusal
    if (waits) await new Promise((_, reject) => onAbort(signal, reject))
  }
  const asked = webauthn
    ? plantWebAuthn({
        async create(json, signal) {
          await before(signal)
          return device.create(json)
        },
        async get(json, signal) {
          await before(signal)
          return device.get(json)
        },
      })
    : []
  for (const name of ['PublicKeyCredential', 'navigator']) {
    Object.defineProperty(window, name, { value: Reflect.get(globalThis, name) })
  }
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', window.document)
  vi.stubGlobal('location', window.location)
  // auth-js finds its clients of other rows on the same page.
  vi.spyOn(console, 'warn').mockReturnValue()
  return {
    asked,
    refuseWith(error) {
      refusal = error
    },
    wait(forever) {
      waits = forever
    },
  }
}

function onAbort(signal: AbortSignal, reject: (reason: unknown) => void): void {
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason))
}
