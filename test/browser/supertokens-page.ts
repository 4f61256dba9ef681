/** What runs in the page: the built client, and the front end of SuperTokens itself. */

import { AuthClient } from 'holdfast'
import { supertokens } from 'holdfast/providers/supertokens'
import * as website from 'supertokens-website'
import type { TabOptions } from './supertokens-tabs.js'

type Transfer = 'cookie' | 'header'

function openTab({ storageKey = 'app', ...options }: TabOptions = {}) {
  const auth = new AuthClient({
    provider: supertokens(options),
    storageKey,
    autoRefresh: false,
    fetchOrigins: [options.url ?? location.origin],
  })
  const events: string[] = []
  auth.onAuthStateChange((event, _, detail) => {
    events.push('reason' in detail ? `${event} ${detail.reason}` : event)
  })
  return { auth, events }
}

function openWebsite(tokenTransferMethod: Transfer, apiDomain = location.origin) {
  const events: string[] = []
  website.init({
    apiDomain,
    apiBasePath: '/auth',
    tokenTransferMethod,
    onHandleEvent: ({ action }) => void events.push(action),
  })
  const role = new website.PrimitiveArrayClaim<string>({
    id: 'st-role',
    refresh: async () => void (await fetch(`${apiDomain}/api/roles/again`, { method: 'POST' })),
  })
  return {
    ...website,
    events,
    /** What its own validator says of a role, by the access token's payload. */
    lacks: async (name: string) => {
      const errors = await website.validateClaims(() => [role.validators.includes(name)])
      return errors.map(({ id }) => id)
    },
    roles: () => website.getClaimValue({ claim: role }),
  }
}

const kit = { openTab, openWebsite }

declare global {
  interface Window {
    superTokensKit: typeof kit
    tab: ReturnType<typeof openTab>
    website: ReturnType<typeof openWebsite>
  }
}

window.superTokensKit = kit
