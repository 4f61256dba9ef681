import { describe, expect, it } from 'vitest'
import { fromNote, toNote } from '../../src/core/error-note.js'
import { AuthError } from '../../src/core/errors.js'

/** What another context hears of an error, by way of storage. */
const told = (error: AuthError): AuthError | null =>
  fromNote(JSON.parse(JSON.stringify(toNote(error))))

describe('what storage says of an error', () => {
  it('is what the other contexts need: code, status, the server’s code and its wish', () => {
    const error = new AuthError('rate_limited', 'Slow down.', {
      status: 429,
      serverCode: 'over_request_rate_limit',
      retryAfter: 30_000,
    })
    expect(told(error)).toMatchObject({
      code: 'rate_limited',
      message: 'Slow down.',
      retryable: true,
      status: 429,
      serverCode: 'over_request_rate_limit',
      retryAfter: 30_000,
    })
  })

  it('names the step that is wanted, and the claims, but nothing by which it goes on', () => {
    const claims = { access_token: { acrs: { essential: true, value: 'c1' } } }
    const error = new AuthError('step_required', 'A code, please.', {
      serverCode: 'insufficient_user_authentication',
      details: Object.assign(
        { step: 'insufficient_user_authentication', email: 'ada@example.com', spent: true },
        { pendingAuthenticationToken: 'fe26', claims },
      ),
    })
    expect(JSON.stringify(toNote(error))).not.toMatch(/fe26|ada@/)
    expect(told(error)).toMatchObject({ serverCode: 'insufficient_user_authentication' })
    expect(told(error)?.details).toEqual({ step: 'insufficient_user_authentication', claims })
  })

  it('leaves out claims that may hold a token, that are pages, or no JSON', () => {
    const cyclic: { [name: string]: unknown } = {}
    cyclic.self = cyclic
    const token = 'v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7'
    const page = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`claim ${at}`, 'yes']))
    for (const claims of [{ value: token }, { [token]: 1 }, page, cyclic, 'claims', [1]]) {
      const details = Object.assign({ step: `mfa_${token}` }, { claims })
      const note = toNote(new AuthError('step_required', 'No.', { details }))
      expect(note.details?.claims).toBeUndefined()
      expect(note.details?.step).not.toContain(token)
    }
    for (const details of [undefined, null, 7, {}, { step: 7 }, { step: '' }]) {
      expect(fromNote({ code: 'step_required', message: 'No.', details })?.details).toBeUndefined()
    }
    const rejected = { code: 'rejected', message: 'No.', details: { step: 'mfa_required' } }
    expect(fromNote(rejected)?.details).toBeUndefined()
  })

  it('holds no token, wherever the server repeats one', () => {
    const token = 'v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7'
    const error = new AuthError('refresh_rejected', `Unknown token ${token}.`, {
      serverCode: token,
    })
    expect(JSON.stringify(toNote(error))).not.toContain(token)
  })

  it('holds no beginning of a token either, where a long message ends', () => {
    const error = new AuthError(
      'bad_response',
      `${'Lost. '.repeat(32)}v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7`,
    )
    expect(toNote(error).message).toMatch(/^(?:Lost\. )+…$/)
  })

  it('is short, however long the page was that a gateway sent', () => {
    const page = 'All is lost. '.repeat(1_000)
    const error = new AuthError('bad_response', page, { serverCode: page })
    expect(JSON.stringify(toNote(error)).length).toBeLessThan(500)
  })

  it('may have a code of a later release: then it is a failure that may pass', () => {
    expect(fromNote({ code: 'of_a_later_release', message: 'New.' })).toMatchObject({
      code: 'network',
      message: 'New.',
      retryable: true,
    })
  })

  it.each([null, 7, 'network', [], {}, { code: 7 }, { code: '' }])('is nothing in %j', (note) => {
    expect(fromNote(note)).toBeNull()
  })

  it('leaves out what is not what it must be', () => {
    const token = 'v1.MRjVxTZ0zQk5yHdJ8wLr0a9cB7'
    const hostile = { code: 'network', message: token, status: '503', serverCode: 7 }
    const error = fromNote({ ...hostile, retryAfter: -30_000 })
    expect(error).toMatchObject({ status: undefined, serverCode: undefined, retryAfter: undefined })
    expect(error?.message).not.toContain(token)
    expect(fromNote({ code: 'network', message: 7 })?.message).toMatch(/another context/)
  })
})
