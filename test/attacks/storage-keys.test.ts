import { describe, expect, it } from 'vitest'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { fc } from '../support/fast-check.js'

const idOf = (url: string): string => gotrue({ url }).id

describe('two servers never share a stored session', () => {
  it.each([
    ['https://auth.example/a/b', 'https://auth.example/a-b'],
    ['https://auth.example/a/-b', 'https://auth.example/a-/b'],
    ['https://auth.example/a--b', 'https://auth.example/a-b'],
    ['https://auth.example/a~b', 'https://auth.example/a-b'],
    ['https://auth.example/a~-b', 'https://auth.example/a~/b'],
    ['https://auth.example/a%2Fb', 'https://auth.example/a/b'],
    ['https://auth.example/a+b', 'https://auth.example/a/b'],
  ])('%s and %s', (one, other) => {
    expect(idOf(one)).not.toBe(idOf(other))
  })

  it('whatever their paths', () => {
    const path = fc.array(fc.constantFrom('a', '/', '-', '~', '.', '_', '%2F', '+', ':'), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [a, b] = [one, other].map((parts) =>
          new URL(`https://auth.example/x${parts.join('')}`).href.replace(/\/+$/, ''),
        )
        if (a !== b) expect(idOf(a ?? '')).not.toBe(idOf(b ?? ''))
      }),
    )
  })

  it('nor do two of WorkOS on one host', () => {
    const id = (apiUrl: string): string => workos({ clientId: 'client_1', url: apiUrl }).id
    expect(id('https://proxy.example/one')).not.toBe(id('https://proxy.example/two'))
  })

  it('while keys of paths without dashes are those of 0.1', () => {
    expect(idOf('https://project.example/auth/v1')).toBe('gotrue.project.example-auth-v1')
    expect(idOf('http://localhost:9999')).toBe('gotrue.localhost-9999-')
    expect(workos({ clientId: 'client_1' }).id).toBe('workos.api.workos.com.client_1')
  })
})
