import { AuthClient, memoryStorage } from '../../src/index.js'
import { fc } from './fast-check.js'
import { jwt, type Reply, wireWith } from './wire.js'

/** Statuses whose answers have no body (Fetch §2.2.3). */
const EMPTY = [204, 205, 304]

/**
 * What any server, gateway or portal may answer. `likely` is what the real one does, of which parts
 * may be missing or odd.
 */
export const anyAnswer = (likely: fc.Arbitrary<unknown>): fc.Arbitrary<() => Response> =>
  fc
    .record({
      status: fc.oneof(
        fc.constantFrom(200, 200, 204, 303, 400, 401, 403, 404, 422, 429, 500, 503),
        fc.integer({ min: 200, max: 599 }),
      ),
      body: fc.oneof(
        fc.oneof(likely, fc.jsonValue()).map((value) => JSON.stringify(value) ?? ''),
        fc.string(),
      ),
      type: fc.constantFrom('application/json', 'text/html', ''),
    })
    .map(({ status, body, type }) => () => {
      const init = { status, headers: { 'content-type': type } }
      return new Response(EMPTY.includes(status) ? null : body, init)
    })

/** The answer to a sign-in. */
export const SIGNED_IN: Reply = [
  200,
  {
    access_token: jwt({ sub: 'u1', exp: 4_000_000_000, iat: 3_999_996_400 }),
    refresh_token: 'r1',
    expires_in: 3600,
    user: { id: 'u1' },
  },
]

/** A client whose server gives these answers, and what was sent. */
export function answered(...replies: Reply[]) {
  const { provider, sent } = wireWith({}, ...replies)
  return { auth: new AuthClient({ provider, storage: memoryStorage() }), sent }
}

/** As `answered`, with somebody signed in. */
export async function signedIn(...replies: Reply[]) {
  const { auth, sent } = answered(SIGNED_IN, ...replies)
  await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
  sent.splice(0)
  return { auth, sent }
}
