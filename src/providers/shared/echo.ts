import { asObject } from './json.js'

/** What a request carried, by the names under which it went. */
export interface Carried {
  readonly token?: string | undefined
  readonly json?: object | undefined
  readonly form?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Names of what nobody else may read. */
const SECRET = /token|password|secret|verifier|code|authorization|assertion|key|csrf/i
/** Shorter texts are words, which a message may hold without meaning the secret. GoTrue's tokens have 12. */
const SHORTEST = 12
/** What servers say for people and for logs. */
const SAID = ['message', 'msg', 'error_description', 'error', 'error_code', 'code', 'error_uri']

function secretsOf({ token, json, form, headers }: Carried): readonly string[] {
  // Field by field: a form may have a `token` of its own.
  const named = [headers, json, form, { token }].flatMap((fields) => Object.entries(fields ?? {}))
  const texts = named.flatMap(([name, value]) =>
    typeof value === 'string' && SECRET.test(name)
      ? // A header names its scheme first; a password may have words of its own.
        [/^auth/i.test(name) ? value.replace(/^\w+ /, '') : value]
      : [],
  )
  return texts
    .filter((text) => text.length >= SHORTEST)
    .flatMap((text) => [text, new URLSearchParams({ '': text }).toString().slice(1)])
}

function cleaned(body: unknown, secrets: readonly string[]): unknown {
  const fields = asObject(body)
  if (!fields) return body
  const said = Object.entries(fields).filter(([name]) => SAID.includes(name))
  const clean = (value: unknown): unknown =>
    typeof value === 'string'
      ? secrets.reduce((text, secret) => text.replaceAll(secret, '…'), value)
      : cleaned(value, secrets)
  return { ...fields, ...Object.fromEntries(said.map(([name, value]) => [name, clean(value)])) }
}

/**
 * The body of a refusal, whose words do not repeat the secrets of the request that was refused:
 * they become messages of errors, which are logged.
 */
export function withoutEcho(body: unknown, request: Carried): unknown {
  const secrets = secretsOf(request)
  return secrets.length > 0 ? cleaned(body, secrets) : body
}
