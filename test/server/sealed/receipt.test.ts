import type { JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'
import { countedLife } from '../../../src/server/sealed/receipt.js'

const claims: JWTPayload = { iat: 1_000, exp: 1_300 }

describe('a token that counts from its receipt', () => {
  it('is as old as its receipt, by the issuer’s clock and by ours', () => {
    const counted = countedLife({ receivedAt: 5_000_000 }, claims, 5_100_000)
    expect(counted).toEqual({ at: 1_100_000, expiresAt: 5_300_000 })
  })

  it.each<[string, number | undefined, JWTPayload]>([
    ['was not noted', undefined, claims],
    ['was noted by a clock that is ahead of this one', 6_000_000, claims],
    ['says of itself neither when it began nor when it ends', 5_000_000, {}],
    ['does not say when it ends', 5_000_000, { iat: 1_000 }],
    ['ends before it begins', 5_000_000, { iat: 1_300, exp: 1_000 }],
  ])('is none where it %s', (_, receivedAt, said) => {
    expect(countedLife({ receivedAt }, said, 5_100_000)).toBeUndefined()
  })
})
