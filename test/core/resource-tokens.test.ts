import { describe, expect, it } from 'vitest'
import {
  parseRecord,
  type SessionRecord,
  serializeRecord,
  toRecord,
} from '../../src/core/record.js'
import { resourceTokens } from '../../src/core/resource-tokens.js'
import { hold } from '../../src/core/timing.js'

const now = { wall: 1_000, monotonic: 0, asked: true }
const limits = { refreshMargin: 0, waitMargin: 0, retryDelay: 100, maxRetryDelay: 100 }
/** A record in the memory of a context that has just found it. */
const held = (record: SessionRecord, arrived = now) =>
  hold(record, limits, { now: arrived, sinceLook: Infinity, savedAt: null })
const base = toRecord({ accessToken: 'a', refreshToken: 'r', lifetime: 1_000 }, 'lineage', 0)
const grant = { accessToken: 'for-api', lifetime: 60_000 }

describe('tokens for resources', () => {
  it('are found again in what storage had, with the life that is left', () => {
    const tokens = resourceTokens()
    const record = tokens.add(base, { name: 'api', grant, requestedAt: 500 })
    const read = parseRecord(serializeRecord(record, 0))?.record ?? base
    expect(read).toEqual(record)
    expect(tokens.find(held(read), 'api', now)).toEqual({
      accessToken: 'for-api',
      lifetime: 60_000,
      left: 59_500,
    })
    expect(tokens.find(held(read), 'other', now)).toBeNull()
  })

  it('do not live longer for a clock that is set back', () => {
    const tokens = resourceTokens()
    const record = tokens.add(base, { name: 'api', grant, requestedAt: 1_000 })
    expect(tokens.find(held(record), 'api', now)?.left).toBe(60_000)
    const later = { wall: -1_000_000, monotonic: 50_000, asked: true }
    expect(tokens.find(held(record), 'api', later)?.left).toBe(10_000)
  })

  it('keep their end when another record brings them again, and take it from no other token', () => {
    const tokens = resourceTokens()
    const record = tokens.add(base, { name: 'api', grant, requestedAt: 1_000 })
    tokens.find(held(record), 'api', now)
    // Its receipt is in the future by now, within the tenth that passes for a step of NTP.
    const later = { wall: 0, monotonic: 50_000, asked: true }
    const again = parseRecord(serializeRecord(record, 0))?.record ?? base
    expect(tokens.find(held(again, later), 'api', later)?.left).toBe(10_000)
    const other = { accessToken: 'another', lifetime: 60_000 }
    const next = tokens.add(record, { name: 'api', grant: other, requestedAt: 1_000 })
    expect(tokens.find(held(next, later), 'api', later)?.left).toBe(60_000)
  })

  it('are dead where they were found with a receipt in the future: nobody knows their age', () => {
    const tokens = resourceTokens()
    const record = tokens.add(base, { name: 'api', grant, requestedAt: 3_600_000 })
    expect(tokens.find(held(record), 'api', now)?.left).toBe(0)
  })

  it('of very many sessions are not all remembered', () => {
    const tokens = resourceTokens()
    const issued = { name: 'api', requestedAt: 1_000 }
    const record = (n: number) =>
      tokens.add(base, { ...issued, grant: { ...grant, accessToken: `t${n}` } })
    for (let n = 0; n <= 1_000; n++) tokens.find(held(record(n)), 'api', now)
    const later = { wall: 0, monotonic: 50_000, asked: true }
    expect(tokens.find(held(record(1), later), 'api', later)?.left).toBe(10_000)
    expect(tokens.find(held(record(0), later), 'api', later)?.left).toBe(60_000)
  })

  it.each([
    '7',
    'null',
    '{}',
    '[]',
    '{"accessToken":7}',
    '{"accessToken":"x","expiresAt":2000,"lifetime":-1}',
    '{"accessToken":"x","expiresAt":"2000","lifetime":1000}',
    // More than a number can hold is Infinity: a token for ever.
    '{"accessToken":"x","expiresAt":2000,"lifetime":1e999}',
    '{"accessToken":"x","expiresAt":1e999,"lifetime":1000}',
    '{"accessToken":"x","expiresAt":1e300,"lifetime":1e300}',
  ])('read as nothing where storage holds %s in their place', (hostile) => {
    const stored = serializeRecord({ ...base, tokens: { api: 'HOSTILE' } }, 0)
    const record = parseRecord(stored.replace('"HOSTILE"', hostile))?.record ?? base
    expect(record.tokens).toBeDefined()
    expect(resourceTokens().find(held(record), 'api', now)).toBeNull()
  })

  it('are eight at the most: the oldest goes first', () => {
    const tokens = resourceTokens()
    let record = base
    for (let n = 0; n < 12; n++) {
      const token = { accessToken: `t${n}`, lifetime: 1_000 }
      record = tokens.add(record, { name: `api-${n}`, grant: token, requestedAt: 0 })
    }
    const kept = [4, 5, 6, 7, 8, 9, 10, 11].map((n) => `api-${n}`)
    expect(Object.keys(record.tokens ?? {})).toEqual(kept)
  })
})
