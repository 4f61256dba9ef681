import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/core/session.js'
import { createSecrets } from '../../src/devtools/secrets.js'

const session = (refreshToken: string | null, extras: Session['extras'] = {}): Session => ({
  accessToken: 'access-1',
  refreshToken,
  expiresAt: 1,
  user: null,
  extras,
})

describe('a text that is shown', () => {
  it('has none of the tokens that the client has or had, nor those of others that came with them', () => {
    const { note, hide } = createSecrets()
    note(session('first-one'))
    note(session('second-one', { provider_token: 'gh-123', token_type: 'bearer' }))
    note(null)
    expect(hide('access-1 first-one, second-one: gh-123 bearer')).toBe('… …, …: … bearer')
  })

  it('does not end with the beginning of one, where the message was cut short', () => {
    const { note, hide } = createSecrets()
    note(session('qwkzmbntrpla'))
    expect(hide('It was sent qwkzmb')).toBe('It was sent …')
    expect(hide('It was sent qw')).toBe('It was sent qw')
  })

  it('stays as it is where a token is so short that any word may have it', () => {
    const { note, hide } = createSecrets()
    note(session('a'))
    expect(hide('a day')).toBe('a day')
  })

  it('costs no more the longer a client lives', () => {
    const { note, hide } = createSecrets()
    for (let count = 0; count < 100; count++) note(session(`refresh-${count}.`))
    expect(hide('refresh-99. refresh-85. refresh-0.')).toBe('… … refresh-0.')
  })
})
