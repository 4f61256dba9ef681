import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { parseRecord, serializeRecord, toRecord, withUser } from '../../src/core/record.js'
import type { Grant } from '../../src/core/session.js'
import { fc } from '../support/fast-check.js'

const grant: Grant = { accessToken: 'a', refreshToken: 'r', lifetime: 60_000, user: { id: 'ada' } }
const record = toRecord(grant, 'L', 1_000)

describe('stored text', () => {
  it('reads back what was written', () => {
    expect(parseRecord(serializeRecord(record, 7))).toEqual({ record, savedAt: 7 })
  })

  it('any text is a sound record or null, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify({ v: 1, ...o })),
        ),
        (text) => {
          expect(parseRecord(text)).toBeNull()
        },
      ),
    )
  })

  it('a record with any one part replaced by anything is sound or null', () => {
    const whole = JSON.parse(serializeRecord(record, 7))
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole.session)), fc.jsonValue(), (key, value) => {
        const parsed = parseRecord(
          JSON.stringify({ ...whole, session: { ...whole.session, [key]: value } }),
        )
        if (parsed) {
          expect(typeof parsed.record.session.accessToken).toBe('string')
          expect(Number.isFinite(parsed.record.session.expiresAt)).toBe(true)
          expect(
            parsed.record.session.user === null ||
              typeof parsed.record.session.user.id === 'string',
          ).toBe(true)
        }
      }),
    )
  })

  it.each([[7], [null], [''], [{}], [['k']], [true]])(
    'the name of a key that reads %j is none, and costs no session',
    (keyId) => {
      const stored = JSON.parse(serializeRecord(record, 7))
      const text = JSON.stringify({ ...stored, session: { ...stored.session, keyId } })
      expect(parseRecord(text)?.record).toStrictEqual(record)
    },
  )

  it('the name of a key is read back', () => {
    const bound = toRecord({ ...grant, keyId: 'k' }, 'L', 1_000)
    expect(parseRecord(serializeRecord(bound, 7))?.record.session.keyId).toBe('k')
  })

  it('a future version is not read as this one', () => {
    expect(parseRecord(serializeRecord(record, 7).replace('"v":1', '"v":2'))).toBeNull()
  })
})

describe('a record made from an answer', () => {
  it('keeps the old refresh token when the answer has none (RFC 6749 §6)', () => {
    const next = toRecord({ accessToken: 'a2', lifetime: 60_000 }, record, 2_000)
    expect(next.session).toMatchObject({
      accessToken: 'a2',
      refreshToken: 'r',
      user: { id: 'ada' },
    })
    expect(next.revision).toBe(record.revision + 1)
  })

  it('refuses an answer for another person', () => {
    const other = () => toRecord({ ...grant, user: { id: 'bob' } }, record, 0)
    expect(other).toThrow(expect.objectContaining({ code: 'bad_response', retryable: true }))
  })

  it('refuses an answer without a token', () => {
    try {
      toRecord({ ...grant, accessToken: '' }, 'L', 0)
      expect.unreachable()
    } catch (error) {
      expect(isAuthError(error, 'bad_response')).toBe(true)
    }
  })

  it.each([Number.NaN, 0, -5, Number.POSITIVE_INFINITY])(
    'a lifetime of %s gives a sane session',
    (lifetime) => {
      const { session } = toRecord({ ...grant, lifetime }, 'L', 0)
      expect(session.expiresAt).toBeGreaterThan(0)
      expect(Number.isFinite(session.expiresAt)).toBe(true)
    },
  )

  it('is frozen all through', () => {
    const { session } = withUser(record, { id: 'ada', email: 'ada@example.com' })
    expect(Object.isFrozen(session) && Object.isFrozen(session.user)).toBe(true)
  })
})

describe('extras', () => {
  const extrasOf = (once: object | undefined, next: object | undefined) => {
    const first = toRecord(
      {
        accessToken: 'a',
        lifetime: 1_000,
        extras: { provider_token: 'p' },
        ...(once && { once: { ...once } }),
      },
      'lineage',
      0,
    )
    const read = parseRecord(serializeRecord(first, 0))?.record ?? first
    return toRecord(
      { accessToken: 'b', lifetime: 1_000, ...(next && { extras: { ...next } }) },
      read,
      0,
    ).session.extras
  }

  it('that one answer had are gone with the next, also when storage came in between', () => {
    expect(extrasOf({ weak_password: {} }, undefined)).toEqual({ provider_token: 'p' })
  })

  it('that are kept stay until an answer replaces them', () => {
    expect(extrasOf(undefined, { provider_token: 'q' })).toEqual({ provider_token: 'q' })
  })
})
