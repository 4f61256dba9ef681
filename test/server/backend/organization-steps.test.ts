import { describe, expect, it } from 'vitest'
import { AuthError, type RequiredStep } from '../../../src/core/errors.js'
import { createOrganizationChoice } from '../../../src/server/backend/organization-routes.js'
import { createDeviceWorld } from '../dbsc/device-world.js'
import { createBackendWorld, PASSWORD } from './backend-world.js'

const APP = 'https://app.example'
const ORGANIZATIONS = [{ id: 'org_1', name: 'One' }]

/** The choice of an organization, of an app that has a page for it. */
function createChoice() {
  const choice = createOrganizationChoice({
    signIn: { selectOrganization: () => Promise.reject(new Error('Not here.')) },
    organizationPage: '/choose',
    password: PASSWORD,
    secure: true,
    now: () => 1_795_000_000_000,
    end: () => Promise.reject(new Error('Not here.')),
    fail: () => Promise.reject(new Error('Not here.')),
    allowed: [],
    ownOrigin: () => APP,
    appOrigin: () => APP,
    redirectUri: () => `${APP}/auth/callback`,
  } as unknown as Parameters<typeof createOrganizationChoice>[0])
  if (!choice) throw new Error('It has a page.')
  const request = new Request(`${APP}/auth/callback`)
  const call = { request, url: new URL(request.url), cookie: null }
  const flow = { state: 's', verifier: 'v', returnTo: '/', redirectUri: `${APP}/auth/callback` }
  return (error: unknown) => choice.ask(call, flow, { error, setCookies: ['used=; Max-Age=0'] })
}

const lacking = (details?: RequiredStep) =>
  new AuthError('step_required', 'A step.', { ...(details && { details }) })

describe('a sign-in that was refused', () => {
  it('for want of an organization leads to the page that has them chosen', async () => {
    const ask = createChoice()
    const step = {
      step: 'organization',
      pendingAuthenticationToken: 'p',
      organizations: ORGANIZATIONS,
    }
    const answer = await ask(lacking(step as RequiredStep))
    expect(answer?.headers.get('Location')).toBe(`${APP}/choose`)
    const [used, kept] = answer?.headers.getSetCookie() ?? []
    expect([used, kept]).toEqual([
      'used=; Max-Age=0',
      expect.stringMatching(/^__Host-holdfast-choice=F/),
    ])
  })

  it.each<[string, unknown]>([
    ['another step', lacking({ step: 'mfa', pendingAuthenticationToken: 'p' } as RequiredStep)],
    [
      'a step that nothing goes on with',
      lacking({ step: 'organization', organizations: ORGANIZATIONS } as RequiredStep),
    ],
    ['a step of which nothing is said', lacking()],
    ['an outage', new AuthError('network', 'Down.')],
    [
      'more organizations than cookies hold',
      lacking({
        step: 'organization',
        pendingAuthenticationToken: 'p',
        organizations: Array.from({ length: 5_000 }, (_, at) => ({
          id: `org_${at}`,
          name: 'x'.repeat(40),
        })),
      } as RequiredStep),
    ],
  ])('for want of %s leads nowhere', async (_, error) => {
    expect(await createChoice()(error)).toBeNull()
  })
})

it('a server-rendered page of another host has nothing to choose, and nothing fails', async () => {
  const redirectUris = [`${APP}/auth/callback`, 'https://www.example/auth/callback']
  const { backend } = createBackendWorld({
    backend: { redirectUri: undefined, redirectUris, organizationPage: '/choose' },
  })
  expect(await backend.organizationsOf(new Request('https://evil.test/choose'))).toBeNull()
})

it('a page learns that nobody is signed in where a bound session is wanted and there is none', async () => {
  const { createBrowser } = createDeviceWorld({ required: () => true })
  const browser = createBrowser()
  await browser.signIn()
  const answer = await browser.page('/auth/session')
  expect([answer.status, await answer.json()]).toEqual([200, { session: null }])
})
