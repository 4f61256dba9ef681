import { describe, expect, it, vi } from 'vitest'
import { withCopies, withoutCopies } from '../../../src/server/sealed/token-copies.js'
import { fc } from '../../support/fast-check.js'

const long = 'a text that takes more room than it takes to say where it lies, as it is long'

describe('what a user holds of what the token says', () => {
  it('is left to the token, wherever it is in either, and put back', () => {
    const claims = { sub: 'ada', user_metadata: { note: long, on: true }, list: [{ note: long }] }
    const user = {
      id: 'ada',
      userMetadata: { note: long, on: true },
      identities: [{ data: { note: long, verified: false } }, { data: [long, 'short'] }],
      on: true,
    }
    const lean = withoutCopies(user, claims)
    expect(JSON.stringify(lean.user)).not.toContain(long)
    expect(lean.user).toMatchObject({ id: 'ada', on: true })
    expect(withCopies(lean.user, lean.copies, claims)).toEqual(user)
  })

  it('is the user again for any user and any claims', () => {
    const leaf = fc.oneof(fc.constantFrom(long, `${long}!`, 'x'), fc.integer(), fc.constant(null))
    const tree = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', '0', 'note'), tie('tree'), { maxKeys: 4 }),
      ),
    })).tree
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'id'), tree)
    fc.assert(
      fc.property(fields, fields, (user, claims) => {
        const lean = withoutCopies(user, claims)
        const sealed = JSON.parse(JSON.stringify(lean))
        expect(withCopies(sealed.user, sealed.copies, claims)).toEqual(
          JSON.parse(JSON.stringify(user)),
        )
      }),
    )
  })

  it('costs a time in proportion to its length, however somebody has nested it, or cut it up', () => {
    let deep: unknown = long
    for (let level = 0; level < 2_000; level += 1) deep = { a: deep }
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [n, `${n} ${long}`]))
    for (const metadata of [deep, many]) {
      const user = { id: 'ada', metadata: { metadata, one: 1 } }
      const claims = { sub: 'ada', metadata: { metadata, two: 2 } }
      const size = JSON.stringify([user, claims]).length
      const stringify = vi.spyOn(JSON, 'stringify')
      const lean = withoutCopies(user, claims)
      const written = stringify.mock.results.map(({ value }) => `${value}`.length)
      vi.restoreAllMocks()
      expect(written.reduce((sum, length) => sum + length, 0)).toBeLessThan(10 * size)
      expect(lean.copies).toHaveLength(1)
      expect(withCopies(lean.user, lean.copies, claims)).toEqual(user)
    }
  })

  it('is left to the token at no more than a hundred places: to say more would take as long as to seal it', () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [n, `${n} ${long}`]))
    const [user, claims] = [
      { id: 'ada', metadata: { ...many, one: 1 } },
      { metadata: { ...many, two: 2 } },
    ]
    const lean = withoutCopies(user, claims)
    expect(lean.copies).toHaveLength(100)
    expect(withCopies(lean.user, lean.copies, claims)).toEqual(user)
  })

  it.each<[string, unknown]>([
    ['no list', { 0: 1 }],
    ['no pairs', [1, null, 'x', {}]],
    [
      'no paths',
      [
        ['a', 'b'],
        [[], []],
        [[null], ['sub']],
        [[1.5], ['sub']],
      ],
    ],
    [
      'claims that are not there',
      [
        [['note'], ['nothing']],
        [['note'], ['sub', 'length', 'x']],
      ],
    ],
    [
      'what every object has',
      [
        [['note'], ['constructor']],
        [['note'], ['__proto__']],
      ],
    ],
  ])('stays left out where the seal names %s', (_, copies) => {
    expect(withCopies({ id: 'ada' }, copies, { sub: 'ada' })).toEqual({ id: 'ada' })
  })

  it('never becomes what other objects inherit', () => {
    const claims = { evil: { admin: true } }
    for (const name of ['__proto__', 'constructor']) {
      const user = withCopies({ id: 'ada' }, [[[name], ['evil']]], claims)
      expect(Object.getPrototypeOf(user)).toBe(Object.prototype)
      withCopies({ id: 'ada' }, [[[name, 'prototype', 'admin'], ['evil']]], claims)
      expect(Reflect.get({}, 'admin')).toBeUndefined()
    }
  })
})
