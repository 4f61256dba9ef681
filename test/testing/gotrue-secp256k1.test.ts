import { describe, expect, it } from 'vitest'
import { keccak256 } from '../../src/testing/gotrue/keccak.js'
import { signerOf } from '../../src/testing/gotrue/secp256k1.js'

const hashed = (text: string): string =>
  Buffer.from(keccak256(new TextEncoder().encode(text))).toString('hex')

describe('keccak256', () => {
  it.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ])('of %j is what Ethereum says', (text, digest) => {
    expect(hashed(text)).toBe(digest)
  })

  it('tells texts apart that differ only after what is taken in at a time', () => {
    expect(new Set([135, 136, 137, 272].map((length) => hashed('a'.repeat(length)))).size).toBe(4)
  })
})

describe('signerOf', () => {
  // From the captured traffic of a real GoTrue, which took it.
  const text =
    'app.example.test wants you to sign in with your Ethereum account:\n0x3C9048EE3215F05Fb0E7444BF7d214A9f40eEFE2\n\nSign in\n\nURI: https://app.example.test/\nVersion: 1\nChain ID: 1\nNonce: abcdefgh\nIssued At: 2026-11-28T01:41:15.454Z'
  const signature =
    '0x80af56d83626f92ffd66f7d0ddb205a4f66e20718fbcd0722da146b5b45b7d322e0ccbcf9dffba12868fa28f9da466542ed667db7bf6289a11c328f7175239111b'
  const signer = '0x3c9048ee3215f05fb0e7444bf7d214a9f40eefe2'

  it('knows whose signature it is', () => {
    expect(signerOf(text, signature)).toBe(signer)
    expect(signerOf(text, signature.replace(/1b$/, '00'))).toBe(signer)
    expect(signerOf(text, signature.replace(/1b$/, '1c'))).not.toBe(signer)
    expect(signerOf(`${text} `, signature)).not.toBe(signer)
  })

  it.each(['', '0x', `0x${'00'.repeat(64)}1b`, `0x${'ff'.repeat(64)}1b`, signature.slice(2)])(
    'says nobody’s of %s',
    (none) => {
      expect(signerOf(text, none)).toBeNull()
    },
  )
})
