import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { decodeJwt } from 'jose/jwt/decode'
import { vi } from 'vitest'
import { AuthClient, type KeyStore, memoryKeys } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import {
  type OidcBinding,
  type OidcOptions,
  type OidcProvider,
  type OidcSend,
  oidc,
} from '../../src/providers/oidc/index.js'
import {
  createFakeBrowser,
  createScriptedOidc,
  type FakeTabOptions,
  type ScriptedOidcOptions,
} from '../../src/testing/index.js'

export const API = 'https://api.example'

/** A request that carried a proof. */
export interface Proved {
  readonly url: string
  readonly authorization: string | null
  readonly head: ReturnType<typeof decodeProtectedHeader>
  readonly claims: ReturnType<typeof decodeJwt>
}

/** Options of {@link createDpopWorld}: of the server, of the API behind it, and where keys lie. */
export interface DpopWorldOptions extends ScriptedOidcOptions {
  readonly keys?: KeyStore
  /** The headers that the API lets pages read. */
  readonly exposed?: string
}

/** Clients whose sessions are bound to keys, the server that binds them, and an API behind it. */
export function createDpopWorld({ keys = memoryKeys(), exposed, ...options }: DpopWorldOptions) {
  const browser = createFakeBrowser()
  const { clock } = browser
  const server = createScriptedOidc({
    clock,
    signing: 'digest',
    dpop: {},
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    ...options,
  })
  const proofs: Proved[] = []
  /** The proofs as they left. */
  const sent: string[] = []
  /** How often the API was asked. */
  const asked: Response[] = []

  function note(request: Request): void {
    const proof = request.headers.get('dpop')
    if (proof === null) return
    sent.push(proof)
    const authorization = request.headers.get('authorization')
    const [head, claims] = [decodeProtectedHeader(proof), decodeJwt(proof)]
    proofs.push({ url: request.url, authorization, head, claims })
  }

  const sendNoted: typeof fetch = async (input, init) => {
    note(new Request(input, init))
    return server.fetch(input, init)
  }

  const api: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    note(request)
    const answer = await server.guard(request, () => Response.json({ invoices: [] }))
    if (exposed) answer.headers.set('access-control-expose-headers', exposed)
    asked.push(answer)
    return answer
  }

  /** A tab with a client in it, and how its sessions end. */
  function open(
    provider: Partial<OidcOptions> = {},
    from: FakeTabOptions = {},
    wrapped = (made: OidcProvider): OidcProvider => made,
  ) {
    const tab = browser.tab({ href: 'http://localhost:3000/', ...from })
    const auth = new AuthClient({
      provider: wrapped(
        oidc({
          issuer: 'https://id.example',
          clientId: 'app',
          redirectUri: 'http://localhost:3000/callback',
          fetch: tab.fetch(sendNoted),
          // WebCrypto takes real time, for which a clock that stands still has to wait.
          dpop: (send: OidcSend): OidcBinding => {
            const binding = dpop(send, tab.environment.clock)
            return {
              ...binding,
              send: (...sent) => clock.track(binding.send(...sent)),
              begin: (...begun) => clock.track(binding.begin(...begun)),
            }
          },
          ...provider,
        }),
      ),
      storage: tab.storage,
      environment: tab.environment,
      fetchOrigins: [API],
      keys,
    })
    const ends: unknown[] = []
    auth.onAuthStateChange((event, _session, detail) => {
      if (event === 'SIGNED_OUT' && 'reason' in detail) ends.push([detail.reason, detail.error])
    })
    /** Asks the API, as this tab does. */
    async function ask(path = '/invoices?page=2', init?: RequestInit): Promise<Response> {
      vi.stubGlobal('fetch', tab.fetch(api))
      return auth.fetch(`${API}${path}`, init)
    }
    return { tab, auth, ends, ask }
  }

  /** Goes to the server in this tab, and comes back. */
  async function visit({ tab, auth }: ReturnType<typeof open>) {
    const url = await auth.actions.signInUrl()
    const page = await server.fetch(url, { redirect: 'manual' })
    tab.navigate(page.headers.get('location') ?? '')
    return new URL(url).searchParams
  }

  /** A frame that nobody sees, which the server answers at once. */
  async function frame(url: string): Promise<ReadonlyMap<string, string>> {
    const page = await server.fetch(url, { redirect: 'manual' })
    return new Map(new URL(page.headers.get('location') ?? '').searchParams)
  }

  /** Signs somebody in by redirect, in this tab. */
  async function signIn(opened: ReturnType<typeof open>) {
    await visit(opened)
    const result = await opened.auth.actions.handleRedirect()
    if (!result?.session) throw new Error('There is no session.')
    return result.session
  }

  return { browser, clock, server, keys, proofs, sent, asked, open, visit, frame, signIn }
}
