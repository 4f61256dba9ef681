import { primitiveClaim } from '../../src/server/supertokens/claims/index.js'
import { corsHeaders, createSuperTokensCors } from '../../src/server/supertokens/web/index.js'
import { openApp } from '../server/supertokens/claims-stage.js'
import { LATER, outcomeOf, readyStage } from '../server/supertokens/stage.js'
import type { Probe } from './documented.js'
import { lasts } from './times.js'

const hang = (): Promise<never> => new Promise(() => undefined)
const plan = primitiveClaim({ key: 'plan', fetchValue: () => 'free' })

const WEB = 'https://www.example.test'
const SUPERTOKENS = corsHeaders()

/** What a page of another origin hears, by preflight and by an answer. */
function crossOrigin() {
  const cors = createSuperTokensCors({ allowedOrigins: [WEB] })
  const headers = { Origin: WEB, 'Access-Control-Request-Method': 'POST' }
  const url = 'https://api.example.test/'
  const asked = cors.preflight(new Request(url, { method: 'OPTIONS', headers }))
  const answer = new Headers()
  cors.apply(new Request(url, { headers }), answer)
  return (name: string): string | undefined =>
    asked?.headers.get(name) ?? answer.get(name) ?? undefined
}

const cors: Readonly<Record<string, Probe>> = {
  'SuperTokensCorsOptions.allowedHeaders': {
    says: 'none',
    observe: () =>
      crossOrigin()('Access-Control-Allow-Headers') === SUPERTOKENS.allowedHeaders.join(', '),
  },
  'SuperTokensCorsOptions.exposedHeaders': {
    says: 'none',
    observe: () =>
      crossOrigin()('Access-Control-Expose-Headers') === SUPERTOKENS.exposedHeaders.join(', '),
  },
  'SuperTokensCorsOptions.methods': {
    says: 'GET, HEAD, PUT, PATCH, POST and DELETE',
    observe: () =>
      crossOrigin()('Access-Control-Allow-Methods') === 'GET, HEAD, PUT, PATCH, POST, DELETE',
  },
  'SuperTokensCorsOptions.maxAge': {
    observe: () => Number(crossOrigin()('Access-Control-Max-Age')) * 1000,
  },
}

/** What claims, payloads and CORS of SuperTokens do when they are told nothing. */
export const superTokensClaimsProbes: Readonly<Record<string, Probe>> = {
  ...cors,
  'SuperTokensSessionsOptions.invalidClaimStatusCode': {
    async observe() {
      const { signIn, sessions } = await openApp()
      const { session } = await (await signIn()).ask()
      const asked = session.assertClaims([plan.validators.hasValue('pro')])
      return sessions.toResponse(await asked.catch((error: unknown) => error))?.status
    },
  },
  'SuperTokensSessionsOptions.claims': {
    says: 'none',
    async observe() {
      const { signIn } = await openApp()
      return JSON.stringify((await signIn()).first.getJWTPayload()) === '{}'
    },
  },
  'SuperTokensSessionsOptions.globalClaimValidators': {
    says: 'none',
    async observe() {
      const { signIn } = await openApp()
      let given: readonly unknown[] | undefined
      await (await signIn()).ask({
        overrideGlobalClaimValidators(all) {
          given = all
          return all
        },
      })
      return given?.length === 0
    },
  },
  'SuperTokensSessionsOptions.claimsTimeout': {
    async observe() {
      const { signIn } = await openApp()
      const { session } = await (await signIn()).ask()
      const { hasValue } = primitiveClaim({ key: 'plan', fetchValue: hang }).validators
      return lasts(() => session.assertClaims([hasValue('pro')]))
    },
  },
  'GetSessionOptions.overrideGlobalClaimValidators': {
    says: 'the global ones',
    async observe() {
      const { signIn } = await openApp({ globalClaimValidators: [plan.validators.hasValue('pro')] })
      const page = await signIn()
      const none = page.ask({ overrideGlobalClaimValidators: () => [] })
      return (await outcomeOf(none)) === 'OK' && (await outcomeOf(page.ask())) === 'INVALID_CLAIMS'
    },
  },
  'NewSessionOptions.tenantId': {
    says: "the core's own",
    async observe() {
      const { signIn, core } = await openApp()
      const { first } = await signIn()
      const paths = core.requests.map(({ path }) => path)
      return first.getTenantId() === 'public' && paths.includes('/recipe/session')
    },
  },
  'ClaimOptions.defaultMaxAgeInSeconds': {
    says: 'any age',
    async observe() {
      const { signIn, pass } = await openApp()
      const page = await signIn('cookie', { plan: { v: 'pro', t: 1 } })
      const { hasValue } = plan.validators
      const { session } = await page.ask()
      pass(LATER)
      return (await outcomeOf(session.assertClaims([hasValue('pro')]))) === 'OK'
    },
  },
  'VerifyOptions.readOnly': {
    async observe() {
      const stage = await readyStage()
      const { superTokens } = stage
      const { accessToken } = await stage.renew(await superTokens.createNewSession('ada'))
      const replaced = async (readOnly?: boolean) =>
        (await superTokens.getSession(accessToken.token, { readOnly })).accessToken !== undefined
      return (await replaced(true)) === (await replaced())
    },
  },
  'PayloadUpdateOptions.longestToken': {
    async observe() {
      const { superTokens, start } = await readyStage()
      const { handle } = (await superTokens.createNewSession('ada')).session
      const fits = async (length: number): Promise<string> => {
        const update = { text: 'x'.repeat(length) }
        try {
          await start().mergeIntoAccessTokenPayload(handle, update)
          return 'fits'
        } catch (error) {
          return /of the (\d+) that there are/.exec(String(error))?.[1] ?? ''
        }
      }
      return (await fits(11_000)) === 'fits' ? Number(await fits(13_000)) : undefined
    },
  },
}
