import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDesk, type Desk, OTHER, type Side, type Told } from './workos-desk.js'

let desk: Desk
beforeAll(async () => {
  desk = await createDesk()
})
beforeEach(() => {
  desk.reset()
  desk.answer = () => desk.success()
})
afterAll(() => desk.close())

const nameOf = ({ user }: Told): unknown => user && 'firstName' in user && user.firstName
const failed = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'succeeds',
    (error) => String(error).slice(0, 45),
  )

/** What else the facts tell of refreshes, and what became of it. 7 and 11 are measured here. */
describe('besides its words', () => {
  it.each<[Side, string]>([
    // They fixed it in 10.14.0.
    ['v7', 'Ada'],
    ['v11', 'Augusta'],
    ['ours', 'Augusta'],
  ])('%s gives the user as %s, who was Ada and is Augusta', async (side, expected) => {
    const session = desk.open(side, await desk.cookie())
    expect(nameOf(await session.refresh())).toBe(expected)
    expect(nameOf(await session.authenticate())).toBe('Augusta')
  })

  it.each<[Side, unknown]>([
    ['v7', { email: 'old@example.test', reason: 'was here' }],
    ['v11', undefined],
    ['ours', undefined],
  ])('%s tells of an impersonator who has left: %o', async (side, expected) => {
    const impersonator = { email: 'old@example.test', reason: 'was here' }
    const session = desk.open(side, await desk.cookie({ impersonator }))
    expect((await session.refresh()).impersonator).toEqual(expected)
  })

  it.each<[Side, number]>([
    ['v7', 2],
    ['v11', 2],
    ['ours', 1],
  ])('%s sends the token of two refreshes at once %i times', async (side, expected) => {
    const session = desk.open(side, await desk.cookie())
    const both = await Promise.all([session.refresh(), session.refresh()])
    expect(both.map(({ authenticated }) => authenticated)).toEqual([true, true])
    expect(desk.requests).toHaveLength(expected)
  })

  it.each<[Side]>([['v7'], ['v11'], ['ours']])(
    '%s opens by the old password, seals by the new one, and goes on with it',
    async (side) => {
      const session = desk.open(side, await desk.cookie())
      const { sealedSession = '' } = await session.refresh({ cookiePassword: OTHER })
      expect(await desk.open(side, sealedSession, OTHER).authenticate()).toMatchObject({
        authenticated: true,
      })
      expect(await session.authenticate()).toMatchObject({ authenticated: true })
      expect(await session.refresh()).toMatchObject({ authenticated: true })
      expect(desk.requests.map((request) => request.refresh_token)).toEqual([
        'refresh_1',
        'refresh_2',
      ])
    },
  )

  it.each<[Side, number]>([
    ['v7', 1],
    ['v11', 1],
    ['ours', 0],
  ])('%s refuses a short new password after %i requests', async (side, expected) => {
    const session = desk.open(side, await desk.cookie())
    expect(await failed(session.refresh({ cookiePassword: 'short' }))).toMatch(/password/i)
    expect(desk.requests).toHaveLength(expected)
  })

  it.each<[Side, string]>([
    ['v7', 'Error: Failed to extract session ID for logou'],
    ['v11', 'Error: Failed to extract session ID for logou'],
    ['ours', 'succeeds'],
  ])('%s finds the page to sign out on from an expired token: %s', async (side, expected) => {
    const session = desk.open(
      side,
      await desk.cookie({ accessToken: await desk.token({ exp: 1 }) }),
    )
    expect(await failed(session.getLogoutUrl())).toBe(expected)
  })

  it.each<[Side]>([['v7'], ['v11'], ['ours']])(
    '%s stays in the organization of an expired token, or switches when told',
    async (side) => {
      const asked = (): unknown[] => desk.requests.map((request) => request.organization_id)
      desk.answer = async () =>
        desk.success({ access_token: await desk.token({ org_id: asked().at(-1) }) })
      const accessToken = await desk.token({ exp: 1 })
      const session = desk.open(side, await desk.cookie({ accessToken }))
      await session.refresh()
      await session.refresh({ organizationId: 'org_2' })
      await session.refresh()
      expect(asked()).toEqual(['org_1', 'org_2', 'org_2'])
    },
  )

  it.each<[Side]>([['v7'], ['v11'], ['ours']])('%s sends the same fields', async (side) => {
    await desk.open(side, await desk.cookie()).refresh()
    expect(desk.requests[0]).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client_1',
      client_secret: 'sk_test_1',
      refresh_token: 'refresh_1',
      organization_id: 'org_1',
    })
  })
})
