import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import {
  endIn,
  lastError,
  NOBODY,
  parsePointer,
  pointTo,
  serializePointer,
} from '../../src/core/pointer.js'
import { fc } from '../support/fast-check.js'

const read = (text: string) => parsePointer(text) ?? NOBODY

describe('the pointer', () => {
  it('moves to a sign-in, and remembers the one before as ended', () => {
    const first = pointTo(NOBODY, 'A', [])
    expect(pointTo(first, 'B', ['older'])).toMatchObject({ current: 'B', ended: ['older', 'A'] })
  })

  it('yields to a later sign-in once nobody waits for its write, and not to an earlier one', () => {
    const bob = pointTo(NOBODY, 'B', [])
    expect(pointTo(bob, 'A', ['older'], true)).toMatchObject({
      current: 'B',
      ended: ['older', 'A'],
    })
    expect(pointTo(bob, 'C', [], true)).toMatchObject({ current: 'C', ended: ['B'] })
    expect(pointTo(NOBODY, 'A', [], true)).toMatchObject({ current: 'A', ended: [] })
  })

  it('ends a sign-in, unless somebody else is current by now', () => {
    const bob = pointTo(NOBODY, 'B', [])
    expect(endIn(bob, { lineage: 'A', any: false })).toMatchObject({ current: 'B', ended: ['A'] })
    expect(endIn(bob, { lineage: 'B', any: false })).toMatchObject({ current: null, ended: ['B'] })
    expect(endIn(bob, { lineage: 'A', any: true })).toMatchObject({
      current: null,
      ended: ['B', 'A'],
    })
  })

  it('says until the next sign-in that a person signed out whoever it was', () => {
    const bob = pointTo(NOBODY, 'B', [])
    const refused = endIn(bob, { lineage: 'B', any: false })
    expect(read(serializePointer(refused)).any ?? false).toBe(false)
    const signedOut = endIn(bob, { lineage: null, any: true })
    expect(read(serializePointer(signedOut)).any).toBe(true)
    expect(endIn(signedOut, { lineage: 'A', any: false }).any).toBe(true)
    expect(read(serializePointer(pointTo(signedOut, 'C', []))).any ?? false).toBe(false)
  })

  it('remembers out of which sign-in a person signed last', () => {
    const bob = pointTo(pointTo(NOBODY, 'A', []), 'B', [])
    expect(endIn(bob, { lineage: 'B', any: false }).left).toBeUndefined()
    for (const lineage of ['A', 'B', null]) {
      const left = endIn(bob, { lineage, any: true })
      expect(read(serializePointer(pointTo(left, 'C', []))).left).toBe('B')
      const refused = endIn(pointTo(left, 'C', []), { lineage: 'C', any: false })
      expect(read(serializePointer(refused)).left).toBe('B')
    }
    expect(endIn(NOBODY, { lineage: 'A', any: true }).left).toBe('A')
  })

  it('says why the last sign-in ended, as long as that is remembered', () => {
    const error = new AuthError('refresh_rejected', 'Banned.', {
      status: 403,
      serverCode: 'user_banned',
    })
    const ended = endIn(pointTo(NOBODY, 'A', []), { lineage: 'A', any: false, error })
    expect(lastError(read(serializePointer(ended)))).toMatchObject({
      code: 'refresh_rejected',
      message: 'Banned.',
      serverCode: 'user_banned',
      status: 403,
    })
    const next = endIn(pointTo(ended, 'B', []), { lineage: 'B', any: true })
    expect(lastError(read(serializePointer(next)))).toBeNull()
  })

  it('remembers eight ended sign-ins', () => {
    const many = Array.from({ length: 20 }, (_, n) => `L${n}`)
    expect(read(serializePointer(pointTo(NOBODY, 'now', many))).ended).toEqual(many.slice(-8))
  })

  it('of 0.1 is read, and 0.1 reads this one: the same names, and version 1', () => {
    expect(parsePointer('{"v":1,"id":"A","ended":["B"]}')).toEqual({
      current: 'A',
      ended: ['B'],
      why: {},
    })
    expect(JSON.parse(serializePointer(pointTo(NOBODY, 'A', ['B'])))).toEqual({
      v: 1,
      id: 'A',
      ended: ['B'],
    })
  })

  it('reads as none, or as a pointer, whatever storage holds', () => {
    const near = fc
      .record({
        id: fc.anything(),
        ended: fc.anything(),
        left: fc.anything(),
        why: fc.anything(),
      })
      .map((parts) => JSON.stringify({ v: 1, ...parts }))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), near), (text) => {
        const pointer = parsePointer(text)
        if (!pointer) return
        expect(pointer.current === null || typeof pointer.current === 'string').toBe(true)
        const names = [...pointer.ended, pointer.left ?? '']
        expect(names.every((lineage) => typeof lineage === 'string')).toBe(true)
        expect(parsePointer(serializePointer(pointer))).not.toBeNull()
      }),
    )
  })

  it('says nothing any more of sign-ins that it has forgotten', () => {
    const error = new AuthError('refresh_rejected', 'Banned.')
    let pointer = endIn(pointTo(NOBODY, 'old', []), { lineage: 'old', any: false, error })
    for (const lineage of ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I']) {
      pointer = read(serializePointer(pointTo(pointer, lineage, [])))
    }
    expect(pointer.why).toEqual({})
  })

  it('hands on nothing that may be a token, though another client wrote it there', () => {
    const secret = 'v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7'
    const why = { A: { code: 'refresh_rejected', message: `Unknown token ${secret}.`, secret } }
    const text = JSON.stringify({ v: 1, id: null, ended: ['A'], why })
    expect(serializePointer(read(text))).not.toContain(secret)
    expect(lastError(read(text))?.code).toBe('refresh_rejected')
  })
})
