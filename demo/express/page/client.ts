import { AuthClient } from 'holdfast'
import { supertokens } from 'holdfast/providers/supertokens'

/** The client of this page. It has no token: the browser keeps them, in cookies. */
export const auth = new AuthClient({
  // Every session of this app is made by this client: none to look for.
  provider: supertokens({ lookForSession: false }),
  fetchOrigins: [location.origin],
})
