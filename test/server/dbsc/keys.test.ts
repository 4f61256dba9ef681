import { describe, expect, it } from 'vitest'
import { readDeviceKey } from '../../../src/server/dbsc/keys.js'

const rsa = (length: number) => ({ kty: 'RSA', n: 'A'.repeat(length), e: 'AQAB' })
const point = (length: number) => ({
  kty: 'EC',
  crv: 'P-256',
  x: 'A'.repeat(length),
  y: 'A'.repeat(43),
})

describe('a key that a browser shows', () => {
  it('is an RSA key of 2048 to 4096 bits, or one of P-256', () => {
    expect([341, 342, 683, 684].map((length) => readDeviceKey(rsa(length)) !== null)).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect([42, 43, 44].map((length) => readDeviceKey(point(length)) !== null)).toEqual([
      false,
      true,
      false,
    ])
  })

  it('is kept as what it must say, and for one algorithm', () => {
    const said = { ...point(43), alg: 'none', use: 'enc', kid: 'one' }
    expect(readDeviceKey(said)).toEqual({ ...point(43), alg: 'ES256' })
    expect(readDeviceKey({ ...rsa(342), alg: 'PS256' })).toEqual({ ...rsa(342), alg: 'RS256' })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'EC'],
    ['another curve', { ...point(43), crv: 'P-384' }],
    ['a curve of another kind of key', { ...point(43), kty: 'OKP' }],
    ['a point of which half is missing', { ...point(43), y: undefined }],
    ['a point of which half is too long', { ...point(43), y: 'A'.repeat(44) }],
    ['a point that is a number', { ...point(43), x: 7 }],
    ['a list that reads as a point does', { ...point(43), x: ['A'.repeat(43)] }],
    ['a modulus for another kind of key', { ...rsa(342), kty: 'oct' }],
    ['no exponent', { ...rsa(342), e: undefined }],
    // Whoever checks a signature takes time by its length.
    ['an exponent as long as the modulus', { ...rsa(342), e: 'A'.repeat(342) }],
  ])('is none that says %s', (_, said) => {
    expect(readDeviceKey(said)).toBeNull()
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
    'is none with a private part: %s',
    (name) => {
      expect(readDeviceKey({ ...point(43), [name]: '' })).toBeNull()
    },
  )
})
