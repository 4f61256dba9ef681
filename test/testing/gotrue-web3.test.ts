import { sign } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import {
  createManualClock,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'
import { fc } from '../support/fast-check.js'
import { ethereumWallet, signText, solanaKey } from '../support/wallets.js'

const NOW = Date.parse('2026-11-28T12:00:00.000Z')
const MINE = solanaKey()
const OTHERS = `0x${'ab'.repeat(64)}1c`
const { address: ADDRESS, secret } = ethereumWallet()

function open(options: ScriptedGoTrueOptions = {}) {
  const clock = createManualClock({ now: NOW })
  const server = createScriptedGoTrue({
    clock,
    web3: { uris: ['https://app.example/'] },
    ...options,
  })
  return async (body: object) => {
    const url = 'http://localhost/auth/v1/token?grant_type=web3'
    const answer = await server.fetch(url, { method: 'POST', body: JSON.stringify(body) })
    const { error, error_description } = await answer.json()
    return { status: answer.status, error, said: String(error_description ?? '') }
  }
}

const LINES = {
  head: 'app.example wants you to sign in with your Ethereum account:',
  address: ADDRESS,
  gap: '\n',
  URI: 'URI: https://app.example/',
  version: 'Version: 1',
  chain: 'Chain ID: 1',
  nonce: 'Nonce: abcdefgh',
  issued: 'Issued At: 2026-11-28T12:00:00.000Z',
}

function ethereum(change: Partial<typeof LINES> & { readonly more?: string } = {}) {
  const message = Object.values({ ...LINES, ...change }).join('\n')
  return { chain: 'ethereum', message, signature: signText(message, secret) }
}

function solana(text = '') {
  const message = [
    'app.example wants you to sign in with your Solana account:',
    MINE.address,
    '',
    'Version: 1',
    'URI: https://app.example/',
    'Issued At: 2026-11-28T12:00:00.000Z',
  ].join('\n')
  const signature = sign(null, Buffer.from(text || message), MINE.key).toString('base64url')
  return { chain: 'solana', message, signature }
}

describe('the web3 grant of the scripted GoTrue', () => {
  it('takes messages of both chains', async () => {
    const ask = open()
    expect((await ask(ethereum())).status).toBe(200)
    expect((await ask(ethereum({ more: 'Resources:\n- https://a.example/' }))).status).toBe(200)
    expect((await ask(solana())).status).toBe(200)
  })

  it.each([
    [{ head: 'app.example wants you to sign in with your Solana account:' }, 'no domain'],
    [
      { head: 'other.example wants you to sign in with your Ethereum account:' },
      'not match the one',
    ],
    [{ address: '0x3C' }, 'no address'],
    [{ gap: 'x' }, 'no blank line'],
    [{ URI: 'URI: nowhere' }, 'URI is no address'],
    [{ URI: 'URI: https://evil.example/' }, 'signed for another app'],
    [{ URI: 'URI: http://app.example/' }, 'does not use HTTPS'],
    [{ version: 'Version: 2' }, 'Version is not 1'],
    [{ chain: 'Chain ID: one' }, 'Chain ID is no number'],
    [{ chain: 'Nonce: abcdefgh' }, 'is odd'],
    [{ nonce: 'Nonce: abc' }, 'Nonce is too short'],
    [{ issued: 'Issued At: yesterday' }, 'Issued At is no time'],
    [{ issued: 'Request ID: 7' }, 'Issued At is missing'],
    [{ issued: 'Issued At: 2026-11-28T11:49:59.000Z' }, 'issued too long ago'],
    [{ issued: 'Issued At: 2026-11-28T12:10:01.000Z' }, 'too far in the future'],
    [{ more: 'Expiration Time: 2026-11-28T11:59:00.000Z' }, 'is expired'],
    [{ more: 'Not Before: 2026-11-28T12:01:00.000Z' }, 'becomes valid in the future'],
    [{ gap: '\nHi.\nMallory was here.\n' }, 'the statement is not one line'],
  ])('refuses %j: %s', async (change, words) => {
    const { status, error, said } = await open()(ethereum(change))
    expect({ status, error }).toEqual({ status: 400, error: 'invalid_grant' })
    expect(said).toContain(words)
  })

  it('looks at whose a signature is', async () => {
    const ask = open()
    const refused = { status: 400, said: 'Signature does not match address in message' }
    const others = signText(ethereum().message, secret + 1n)
    for (const signature of [
      '0x12',
      OTHERS,
      others,
      ethereum({ more: 'Request ID: 7' }).signature,
    ]) {
      expect(await ask({ ...ethereum(), signature })).toMatchObject(refused)
    }
    expect(await ask(solana('something else'))).toMatchObject(refused)
    const { said } = await ask({ ...solana(), signature: 'short' })
    expect(said).toContain('Signature must be 64 bytes')
  })

  it('looks at the form alone where the platform has no Ed25519', async () => {
    const spy = vi.spyOn(crypto.subtle, 'importKey')
    const ask = open({ signing: 'digest' })
    spy.mockRejectedValueOnce(new DOMException('Unrecognized name.', 'NotSupportedError'))
    expect((await ask(solana('something else'))).status).toBe(200)
    spy.mockRejectedValueOnce(new DOMException('No key.', 'DataError'))
    expect((await ask(solana('something else'))).status).toBe(400)
    spy.mockRestore()
  })

  it('never breaks over a message, whatever it is', async () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...Object.values(LINES)))
    const message = fc.array(line, { minLength: 8 }).map((lines) => lines.join('\n'))
    const ask = open()
    await fc.assert(
      fc.asyncProperty(message, fc.constantFrom('ethereum', 'solana'), async (text, chain) => {
        const { status } = await ask({ chain, message: text, signature: OTHERS })
        expect([200, 400]).toContain(status)
      }),
    )
  })
})
