import { describe, expect, it } from 'vitest'
import * as express from '../../src/express/index.js'
import { isAuthError } from '../../src/index.js'
import * as node from '../../src/node/index.js'
import * as dbsc from '../../src/server/dbsc/index.js'
import * as gotrue from '../../src/server/gotrue/index.js'
import * as server from '../../src/server/index.js'
import * as oidc from '../../src/server/oidc/index.js'
import * as supertokens from '../../src/server/supertokens/index.js'
import * as workos from '../../src/server/workos/index.js'

/** What makes something out of options, and not out of a request or its answer. */
const MAKES = /^(create|memory|redis|define)|(Claim|Cors|Guard|Handler|Server|Ssr)$/

const factories = Object.entries({
  express,
  node,
  server,
  'server/dbsc': dbsc,
  'server/gotrue': gotrue,
  'server/oidc': oidc,
  'server/supertokens': supertokens,
  'server/workos': workos,
}).flatMap(([place, exported]) =>
  Object.entries(exported)
    .filter(([name, value]) => MAKES.test(name) && typeof value === 'function')
    .map(([name, make]) => [`${place}: ${name}`, make] as const),
)

describe('a factory of servers', () => {
  it('is known here', () => expect(factories.length).toBeGreaterThan(25))

  it.each(factories)('says of options that are none what is wrong: %s', (_, make) => {
    for (const options of [null, 'options', 5, true]) {
      let error: unknown
      try {
        Reflect.apply(make, undefined, [options])
      } catch (thrown) {
        error = thrown
      }
      expect(isAuthError(error, 'invalid_argument'), `${options}: ${error}`).toBe(true)
    }
  })
})
