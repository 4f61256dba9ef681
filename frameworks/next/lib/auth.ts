import { createNextAuth } from 'holdfast/next/oidc'
import { userinfo } from 'holdfast/providers/oidc'

/** Who is signed in. The rest of its settings are in the environment: `OIDC_ISSUER` and its like. */
export const auth = createNextAuth({
  password: process.env.COOKIE_PASSWORD,
  redirectUri: `${process.env.ORIGIN}/auth/callback`,
  loadUser: userinfo,
})
