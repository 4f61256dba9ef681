import { describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { assuranceLevel, mfa } from '../../src/providers/gotrue/mfa.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'

/** What an app may keep of somebody: letters of two halves, joined ones, a lot, and nothing at all. */
const METADATA: Readonly<Record<string, object | null>> = {
  emoji: { name: 'Ada 👩🏽‍🚀', motto: 'e\u0301 \u2028 \u{1F98A}', '🔑': ['🦊', { '👋': '\0' }] },
  'ten thousand letters': { text: 'ü'.repeat(10_000) },
  'names of JavaScript’s': { constructor: 'x', toString: null, valueOf: {}, length: -1 },
  nothing: null,
}

const isPlain = (json: unknown): boolean => !JSON.stringify(json).includes('__proto__')

/** Two tabs with one storage, whose server describes everybody so. */
async function tabs(user: object) {
  const storage = memoryStorage()
  const access_token = jwt({ sub: 'ada', iat: 1_000, exp: 4_600, aal: 'aal1' })
  const session = { access_token, refresh_token: 'r', expires_in: 3_600, user }
  const open = () =>
    new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: async (url) => Response.json(String(url).endsWith('/user') ? user : session),
      }),
      storage,
    })
  const first = open()
  await first.signIn({ email: 'ada@example.com', password: 'secret-1' })
  return { first, second: open() }
}

describe('a user', () => {
  it.each(Object.entries(METADATA))(
    'whose metadata is %s is the same in every tab',
    async (_, metadata) => {
      const user = {
        id: 'ada',
        email: 'ada@example.com',
        user_metadata: metadata,
        app_metadata: null,
      }
      const { first, second } = await tabs(user)
      const [mine, theirs] = [await first.getSession(), await second.getSession()]
      expect(mine?.user?.userMetadata).toEqual(metadata)
      expect(theirs?.user).toEqual(mine?.user)
      expect(Object.getPrototypeOf(Object(theirs?.user?.userMetadata))).toBe(Object.prototype)
      expect((await second.actions.getUser()).userMetadata).toEqual(metadata)
    },
  )

  it('is the same in every tab, whatever the app keeps of somebody', async () => {
    const letters = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('👩🏽‍🚀', 'e\u0301 \u2028', '\0'),
      fc.nat({ max: 10_000 }).map((length) => 'ü'.repeat(length)),
    )
    const metadata = fc.oneof(
      fc.constant(null),
      fc.dictionary(
        letters.filter((name) => name !== '__proto__'),
        // What would be the prototype of objects is left out of all JSON.
        fc.oneof(letters, fc.jsonValue().filter(isPlain), fc.constant(null)),
      ),
    )
    await fc.assert(
      fc.asyncProperty(metadata, metadata, async (user_metadata, app_metadata) => {
        const { first, second } = await tabs({ id: 'ada', user_metadata, app_metadata })
        const [mine, theirs] = [await first.getSession(), await second.getSession()]
        const sent = JSON.parse(JSON.stringify({ user_metadata, app_metadata }))
        expect(mine?.user).toMatchObject({
          userMetadata: sent.user_metadata,
          appMetadata: sent.app_metadata,
        })
        expect(theirs?.user).toEqual(mine?.user)
        first.dispose()
        second.dispose()
      }),
    )
  })

  it('with null for every object and list that is usual is one all the same', async () => {
    const nulls = { user_metadata: null, app_metadata: null, identities: null, factors: null }
    const { first, second } = await tabs({ id: 'ada', email: null, phone: null, ...nulls })
    expect((await second.getSession())?.user).toMatchObject({ id: 'ada', identities: null })
    expect((await first.actions.updateUser({ data: {} })).id).toBe('ada')
    expect(await identities(first).list()).toEqual([])
    expect(await mfa(first).list()).toEqual([])
    expect(assuranceLevel(await first.getSession())).toMatchObject({ next: 'aal1' })
  })
})
