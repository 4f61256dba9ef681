import { userRoleClaim } from '../../src/server/supertokens/claims/index.js'
import { createSuperTokensApp } from '../next/supertokens-app.js'
import type { Probe } from './documented.js'

/** What an app on Next with SuperTokens does when it is told nothing. */
export const nextSuperTokensProbes: Readonly<Record<string, Probe>> = {
  'NextSuperTokensOptions.claimsPage': {
    says: 'the `signInPage`',
    async observe() {
      const { validators } = userRoleClaim({ fetchValue: () => [] })
      const { signedIn } = createSuperTokensApp({
        sessions: { globalClaimValidators: [validators.includes('admin')] },
      })
      const { way } = await (await signedIn()).follow('/team')
      return way.at(-1) === '/login?returnTo=%2Fteam'
    },
  },
}
