import { describe, expect, it } from 'vitest'
import {
  type ActionHost,
  AuthError,
  type CallOptions,
  isAuthError,
  type Session,
  type SessionUser,
} from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const dead = () => new AuthError('rejected', 'Expired.', { status: 403, serverCode: 'bad_jwt' })

/** Ada's tab, with actions; `answer` is what the server does with each of them. */
async function start(answer: (session: Session, attempt: number) => Promise<SessionUser>) {
  const world = createWorld()
  const tokens: string[] = []
  const ask = (session: Session): Promise<SessionUser> => {
    tokens.push(session.accessToken)
    return answer(session, tokens.length)
  }
  const opened = await world.signedIn('ada', {
    provider: {
      ...world.server.provider,
      refusesToken: ({ serverCode }) => serverCode === 'bad_jwt',
      signOut: async (session, scope) => {
        if (scope === 'others') await ask(session)
      },
      actions: ({ withSession, updateUser, exchange }: ActionHost) => ({
        look: (options?: CallOptions) => withSession(ask, options),
        rename: () => updateUser(ask),
        verify: () =>
          exchange({
            send: async (session) => {
              await ask(session)
              return world.server.issue('ada')
            },
          }),
      }),
    },
  })
  const act = (name: string, options?: CallOptions): Promise<unknown> =>
    Reflect.get(opened.auth.actions, name)(options)
  return { ...opened, world, tokens, act }
}

const refusing = (refused: readonly string[]) =>
  start(async ({ accessToken, user }) => {
    if (refused.includes(accessToken)) throw dead()
    return { id: user?.id ?? '', email: 'ada@example.com' }
  })

describe('a token that the server refuses to an action', () => {
  it('is exchanged once, and the action sent once more', async () => {
    const { world, tokens, act, auth } = await refusing(['access-1'])
    expect(await act('look')).toMatchObject({ email: 'ada@example.com' })
    expect(tokens).toEqual(['access-1', 'access-2'])
    expect(world.server.sent).toEqual(['refresh-1'])
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('is exchanged for a change of the user, which is kept with the new one', async () => {
    const { tokens, act, auth } = await refusing(['access-1'])
    await act('rename')
    expect(tokens).toEqual(['access-1', 'access-2'])
    expect(await auth.getSession()).toMatchObject({
      accessToken: 'access-2',
      user: { email: 'ada@example.com' },
    })
  })

  it('is exchanged for a request that replaces it, and for the end of the other sessions', async () => {
    const { tokens, act, auth } = await refusing(['access-1', 'access-3'])
    await act('verify')
    expect((await auth.getSession())?.accessToken).toBe('access-3')
    await auth.signOut({ scope: 'others' })
    expect(tokens).toEqual(['access-1', 'access-2', 'access-3', 'access-4'])
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it('is exchanged once for all actions that it was refused to', async () => {
    const { world, act } = await refusing(['access-1'])
    await Promise.all([act('look'), act('look'), act('rename')])
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('ends the session when the server has ended it', async () => {
    const { world, act, auth, events, tokens } = await refusing(['access-1'])
    world.server.endAll()
    await expect(act('look')).rejects.toMatchObject({ code: 'refresh_rejected' })
    await world.clock.settle()
    expect(events.at(-1)).toBe('SIGNED_OUT - because refresh-rejected')
    expect(await auth.getSession()).toBeNull()
    expect(tokens).toEqual(['access-1'])
  })

  it('ends nothing when the server cannot be asked, and is left alone in the pause', async () => {
    const { world, act, auth } = await refusing(['access-1'])
    world.server.outage()
    await expect(act('look')).rejects.toMatchObject({ code: 'network', retryable: true })
    await expect(act('look')).rejects.toMatchObject({ code: 'network', retryable: true })
    expect(world.server.sent).toEqual(['refresh-1'])
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it('is a refusal like others when the new one is refused too', async () => {
    const { world, act, tokens } = await refusing(['access-1', 'access-2'])
    await expect(act('look')).rejects.toMatchObject({ serverCode: 'bad_jwt' })
    expect(tokens).toEqual(['access-1', 'access-2'])
    expect(world.server.sent).toHaveLength(1)
  })

  it('is a refusal like others where there is nothing to exchange', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      provider: {
        ...world.server.provider,
        signIn: async () => ({ accessToken: 'only', lifetime: HOUR, user: { id: 'ada' } }),
        refusesToken: () => true,
        actions: ({ withSession }: ActionHost) => ({
          look: () => withSession(() => Promise.reject(dead())),
        }),
      },
    })
    const look: Promise<unknown> = Reflect.get(auth.actions, 'look')()
    await expect(look).rejects.toMatchObject({ serverCode: 'bad_jwt' })
  })

  it('is not exchanged for what another step cures, nor for what is no answer of the server', async () => {
    for (const error of [
      new AuthError('step_required', 'MFA.', {
        status: 401,
        serverCode: 'insufficient_aal',
        details: { step: 'insufficient_aal' },
      }),
      new TypeError('A fault of the app.'),
    ]) {
      const { world, act, tokens } = await start(() => Promise.reject(error))
      const told = isAuthError(error)
        ? error
        : expect.objectContaining({ code: 'invalid_argument', cause: error })
      await expect(act('look')).rejects.toEqual(told)
      expect(tokens).toHaveLength(1)
      expect(world.server.sent).toEqual([])
    }
  })

  it('does not bring the action of one person into the session of another', async () => {
    const world: { sign?: () => Promise<unknown> } = {}
    const { act, auth, tokens } = await start(async () => {
      await world.sign?.()
      throw dead()
    })
    world.sign = () => auth.signIn({ name: 'bob' })
    await expect(act('look')).rejects.toMatchObject({ code: 'superseded' })
    expect(tokens).toEqual(['access-1'])
    expect((await auth.getSession())?.user).toEqual({ id: 'bob' })
  })

  it('is not waited for with what another person then would do', async () => {
    const { world, act, auth, tokens, tab } = await refusing([])
    // Nobody refreshes ahead.
    tab.hide()
    await world.clock.advance(HOUR)
    world.server.hold()
    const look = expect(act('look')).rejects.toMatchObject({ code: 'superseded' })
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    world.server.release()
    await look
    expect(tokens).toEqual([])
  })

  it('lets a caller go who gives up during the exchange', async () => {
    const { world, act } = await refusing(['access-1'])
    const abort = new AbortController()
    world.server.hold()
    const look = act('look', { signal: abort.signal })
    const outcome = expect(look).rejects.toMatchObject({ code: 'aborted' })
    await world.clock.settle()
    abort.abort()
    await outcome
    world.server.release()
  })
})
