import type { ScriptedGoTrueOptions } from './types.js'

/** What pages on other origins may read (`cors_headers` of GoTrue's api.go). */
const EXPOSED = ['X-Total-Count', 'Link', 'X-Supabase-Api-Version']

/** What they may send (the same). */
const ALLOWED = [
  ...['accept', 'authorization', 'content-type', 'x-client-ip', 'x-client-info', 'x-jwt-aud'],
  ...['x-use-cookie', 'x-supabase-api-version'],
]

/** What they may send to Netlify's (netlify/gotrue, api/api.go). */
const NETLIFY_ALLOWED = ['accept', 'authorization', 'content-type', 'x-jwt-aud', 'x-use-cookie']

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const ANYBODY = {
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
}

const allowedBy = ({ manners, cors = 'gateway' }: ScriptedGoTrueOptions): readonly string[] => {
  if (manners) return NETLIFY_ALLOWED
  return cors === 'gateway' ? [...ALLOWED, 'apikey'] : ALLOWED
}

/** The headers of CORS of every answer but those to preflights. */
export const corsHeaders = ({
  exposedHeaders = EXPOSED,
}: ScriptedGoTrueOptions): Readonly<Record<string, string>> => ({
  ...ANYBODY,
  'access-control-expose-headers': exposedHeaders.join(', '),
  vary: 'Origin',
})

/** The answer to a preflight, which is 204 in any case; `null` for any other request. */
export function preflight(
  { method, headers }: Request,
  options: ScriptedGoTrueOptions,
): Response | null {
  const wanted = headers.get('access-control-request-method')
  if (method !== 'OPTIONS' || !wanted) return null
  const asked = headers.get('access-control-request-headers') ?? ''
  const names = asked.split(',').map((name) => name.trim().toLowerCase())
  const allowed = allowedBy(options)
  const isAllowed =
    headers.has('origin') &&
    METHODS.includes(wanted) &&
    (asked === '' || names.every((name) => allowed.includes(name)))
  return new Response(null, {
    status: 204,
    headers: {
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      ...(isAllowed && { ...ANYBODY, 'access-control-allow-methods': wanted }),
      ...(isAllowed && asked && { 'access-control-allow-headers': asked }),
    },
  })
}
