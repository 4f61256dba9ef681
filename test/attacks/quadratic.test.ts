import { isSafe } from 'redos-detector'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { createHeaderPolicy, upstreamHeaders } from '../../src/server/backend/proxy-headers.js'

afterEach(() => vi.restoreAllMocks())

/** Longer than any text here that nobody has planted. */
const LONG = 5_000

/** The patterns that have run over long texts until now. */
function watchPatterns(): () => RegExp[] {
  const seen = new Map<string, RegExp>()
  const exec = RegExp.prototype.exec
  // `test`, `split`, `replace` and `match` all end here once it is not the platform's own.
  vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
    const { source, flags } = this
    // What `split` adds says only that it moves on by itself, letter by letter.
    if (text.length > LONG) {
      seen.set(`${this}`, new RegExp(source, flags.replace('y', '')))
    }
    return exec.call(this, text)
  })
  return () => {
    vi.restoreAllMocks()
    return [...seen.values()]
  }
}

const slow = (patterns: readonly RegExp[]): RegExp[] =>
  patterns.filter((pattern) => !isSafe(pattern).safe)

describe('what strangers send costs a time in proportion to its length', () => {
  it('is measured by the patterns that ran over it', () => {
    const seen = watchPatterns()
    const text = `${' '.repeat(LONG)},${' '.repeat(LONG)}x`
    text.split(/\s*,\s*/)
    text.replace(/\/*([?#].*)?$/, '')
    text.split(/,/)
    expect(slow(seen()).map(String)).toEqual([String(/\s*,\s*/), String(/\/*([?#].*)?$/)])
  })

  it('`Connection` with 14 kB of blanks', () => {
    const blanks = ' '.repeat(14_000)
    const headers = new Headers({ Connection: `a${blanks}x,${blanks}Accept `, Accept: 'text/html' })
    const policy = createHeaderPolicy()
    const seen = watchPatterns()
    const passed = upstreamHeaders(headers, policy, { accessToken: 'token' })
    expect(slow(seen()).map(String)).toEqual([])
    expect([...passed.keys()]).toEqual(['authorization'])
  })

  it('an address full of slashes in `handleRedirect` of WorkOS', async () => {
    const provider = workos({ clientId: 'client_1', redirectUri: 'https://app.example/callback' })
    const auth = new AuthClient({ provider, storage: memoryStorage() })
    const slashes = '/'.repeat(14_000)
    const seen = watchPatterns()
    for (const end of ['', 'x']) {
      const url = `https://app.example/${slashes}${end}?code=1&state=2`
      expect(await auth.actions.handleRedirect({ url })).toBeNull()
    }
    expect(slow(seen()).map(String)).toEqual([])
    auth.dispose()
  })
})
