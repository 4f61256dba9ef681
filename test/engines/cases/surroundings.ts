import { check, type EngineCase, holding, signedIn, until } from './case.js'
import { life, outlive } from './lacks.js'

const insecurely = (storage: 'local' | 'indexed-db'): EngineCase => ({
  name: `on an insecure origin, clients on ${storage} storage share a session`,
  async run({ frame }) {
    check(!isSecureContext, 'this origin is secure')
    check(!('locks' in navigator), 'this origin has Web Locks')
    const part = { storage, insecure: true } as const
    const [one, two] = [await frame(part), await frame(part)]
    await life(one)
    await holding(two, signedIn(await one.order({ do: 'sign-in' })))
    await holding(one, signedIn(await two.order({ do: 'refresh' })))
    await two.order({ do: 'sign-out' })
    await until(one, ({ status }) => status === 'signed-out', 'still signed in')
  },
})

/** What must be true where an origin is not secure. */
export const insecure: readonly EngineCase[] = [
  insecurely('local'),
  insecurely('indexed-db'),
  {
    name: 'on an insecure origin, five frames and five windows outlive ten expiries and agree on the token',
    run: (world) => outlive(world, { storage: 'indexed-db', insecure: true }, 10),
  },
  {
    name: 'on an insecure origin, no client is made for a server there unless told so',
    async run({ frame }) {
      const { status, error } = await (await frame({ storage: 'local' })).order({ do: 'sign-in' })
      check(status === 'refused' && error?.includes('https') === true, `${status}: ${error}`)
    },
  },
]

const privately = (storage: 'default' | 'local' | 'indexed-db'): EngineCase => ({
  name: `in a private window, a session on ${storage} storage survives a reload and is shared`,
  async run({ frame }) {
    await life(await frame({ storage }))
    const first = await frame({ storage })
    const token = signedIn(await first.order({ do: 'sign-in' }))
    first.remove()
    const next = await frame({ storage })
    check(signedIn(await next.order({ do: 'token' })) === token, 'another token after the reload')
    const sibling = await frame({ storage })
    await holding(sibling, signedIn(await next.order({ do: 'refresh' })))
  },
})

/** What must be true in private windows. */
export const inPrivate: readonly EngineCase[] = [
  privately('default'),
  privately('local'),
  privately('indexed-db'),
]
