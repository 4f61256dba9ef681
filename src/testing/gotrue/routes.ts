import { json } from '../server/json.js'
import { logout, otp, readUser, recover, signup, updateUser } from './account-routes.js'
import { withCaptcha, withCaptchaOfGrants } from './captcha.js'
import type { Call, ServerContext } from './context.js'
import { authorizeLink, callback, deleteIdentity } from './identity-routes.js'
import { authorize, verify, verifyLink } from './link-routes.js'
import { mfaRoutes } from './mfa-routes.js'
import { NETLIFY_ROUTES } from './netlify-routes.js'
import {
  authorizeClient,
  consent,
  readAuthorization,
  readGrants,
  registerClient,
  revokeGrant,
} from './oauth-routes.js'
import { oauthToken, userinfo } from './oauth-token.js'
import {
  authenticationOptions,
  authenticationVerify,
  deletePasskey,
  listPasskeys,
  registrationOptions,
  registrationVerify,
  renamePasskey,
} from './passkey-routes.js'
import { reauthenticate, resend } from './resend-routes.js'
import { identityProvider, sso } from './sso-routes.js'
import { tokenRoute } from './token-routes.js'
import type { ScriptedGoTrueOptions } from './types.js'

/** Answers one kind of request. */
export type Route = (context: ServerContext, call: Call) => Promise<Response>

/** The providers that a GoTrue knows by name. */
const PROVIDERS = [
  ...['apple', 'azure', 'bitbucket', 'discord', 'facebook', 'figma', 'fly', 'github', 'gitlab'],
  ...['google', 'kakao', 'keycloak', 'linkedin', 'linkedin_oidc', 'notion', 'slack', 'slack_oidc'],
  ...['snapchat', 'spotify', 'twitch', 'twitter', 'workos', 'zoom'],
]

/** What pages may know of how people sign in. */
function settingsOf({ settings: { autoconfirm }, options }: ServerContext): object {
  const { email = true, phone = true, anonymous = true, signups = true, providers } = options
  const isOn = (name: string): boolean => providers?.includes(name) ?? true
  return {
    external: {
      ...Object.fromEntries(PROVIDERS.map((name) => [name, isOn(name)])),
      anonymous_users: anonymous,
      email,
      phone,
    },
    disable_signup: !signups,
    mailer_autoconfirm: autoconfirm,
    phone_autoconfirm: autoconfirm && phone,
    sms_provider: phone ? 'scripted' : '',
    saml_enabled: options.sso !== undefined,
    saml_private_key_next_configured: true,
    passkeys_enabled: options.passkeys !== undefined,
  }
}

/** All that the server answers, by method and path; `{id}` stands for an id. */
const ROUTES: Readonly<Record<string, Route>> = {
  'POST /token': withCaptchaOfGrants(tokenRoute),
  'POST /signup': withCaptcha(signup),
  'POST /otp': withCaptcha(otp),
  'POST /magiclink': withCaptcha(otp),
  'POST /recover': withCaptcha(recover),
  'POST /resend': withCaptcha(resend),
  'GET /reauthenticate': reauthenticate,
  'POST /verify': verify,
  'GET /verify': verifyLink,
  'GET /authorize': authorize,
  'POST /sso': sso,
  'GET /scripted/idp': identityProvider,
  'POST /oauth/clients/register': registerClient,
  'GET /oauth/authorize': authorizeClient,
  'GET /oauth/authorizations/{id}': readAuthorization,
  'POST /oauth/token': oauthToken,
  'GET /oauth/userinfo': userinfo,
  'POST /oauth/authorizations/{id}/consent': consent,
  'GET /user/oauth/grants': readGrants,
  'DELETE /user/oauth/grants': revokeGrant,
  'GET /user': readUser,
  'PUT /user': updateUser,
  'POST /logout': logout,
  ...mfaRoutes,
  'GET /callback': callback,
  'GET /user/identities/authorize': authorizeLink,
  'DELETE /user/identities/{id}': deleteIdentity,
  'GET /passkeys': listPasskeys,
  'PATCH /passkeys/{id}': renamePasskey,
  'DELETE /passkeys/{id}': deletePasskey,
  'POST /passkeys/registration/options': registrationOptions,
  'POST /passkeys/registration/verify': registrationVerify,
  'POST /passkeys/authentication/options': authenticationOptions,
  'POST /passkeys/authentication/verify': authenticationVerify,
  'GET /.well-known/jwks.json': async ({ signer }) =>
    json(200, await signer.jwks(), { 'cache-control': 'public, max-age=600' }),
  'GET /health': async () =>
    json(200, {
      version: '',
      name: 'GoTrue',
      description: 'GoTrue is a user registration and authentication API',
    }),
  'GET /settings': async (context) => json(200, settingsOf(context)),
}

const pathsOf = (routes: object): ReadonlySet<string> =>
  new Set(Object.keys(routes).map((route) => route.slice(route.indexOf(' ') + 1)))

const PATHS = pathsOf(ROUTES)
const NETLIFY_PATHS = pathsOf(NETLIFY_ROUTES)

/** Paths whose next part is an id, unless they are routes as they stand. */
const WITH_ID = /^(\/factors|\/passkeys|\/user\/identities|\/oauth\/authorizations)\/([^/]+)/

/** A path as `ROUTES` has it, and the id that stood for `{id}`. */
export function located(path: string): { readonly known: string; readonly id: string } {
  const known = path.replace(/(.)\/$/, '$1')
  const [, folder = '', id = ''] = WITH_ID.exec(known) ?? []
  if (PATHS.has(known) || !id) return { known, id: '' }
  return { known: `${folder}/{id}${known.slice(folder.length + 1 + id.length)}`, id }
}

type Manners = ScriptedGoTrueOptions['manners']

/** Whether there is anything at a path, by whatever method. */
export const isRouted = (path: string, manners: Manners): boolean =>
  (manners ? NETLIFY_PATHS : PATHS).has(path)

/** Who answers a request. */
export const handlerOf = (method: string, path: string, manners: Manners): Route | undefined =>
  (manners ? NETLIFY_ROUTES : ROUTES)[`${method} ${path}`]
