import { describe, expect, it } from 'vitest'
import { checkJWTPayload } from '../../../src/server/supertokens/arguments.js'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { fc } from '../../support/fast-check.js'

/** Whatever JavaScript has, with the names that hurt. */
const hostile = fc.anything({
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'sub', 'exp')),
  maxDepth: 6,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})

/** The names of all fields, at any depth. */
const namesIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, one]) => [name, ...namesIn(one)])
    : []

describe('a payload, whatever it is made of', () => {
  it('is what JSON says again word for word, or refused', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), hostile), (given) => {
        let payload: unknown
        try {
          payload = checkJWTPayload('update', given)
        } catch (error) {
          expect(isSuperTokensError(error, 'GENERAL_ERROR')).toBe(true)
          expect(error).toMatchObject({ code: 'invalid_argument' })
          return
        }
        expect(JSON.parse(JSON.stringify(payload))).toEqual(payload)
        expect(namesIn(payload)).not.toContain('__proto__')
        expect(Object.keys(Object(payload))).not.toContain('sub')
        // What is gone had no value, and nothing was made null that was not.
        for (const [name, value] of Object.entries(given)) {
          const kept: unknown = Object.hasOwn(Object(payload), name)
          expect(kept).toBe(value !== undefined)
          if (value !== null) expect(Reflect.get(Object(payload), name)).not.toBe(null)
        }
      }),
    )
  })

  it('leaves everything else as it was', () => {
    fc.assert(
      fc.property(hostile, (given) => {
        try {
          checkJWTPayload('update', given)
        } catch {
          // Most of it is none.
        }
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
    )
  })
})
