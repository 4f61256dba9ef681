import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import type { SessionTokens, VerifyOptions } from '../../../src/server/supertokens/types.js'
import { makeKeys, outcomeOf, type Stage } from './stage.js'

/** What a request brings. */
export interface Shown extends VerifyOptions {
  readonly token: string
}

export async function begin(stage: Stage): Promise<SessionTokens> {
  await makeKeys(stage)
  return stage.superTokens.createNewSession('u1', { role: 'a' })
}

/** A token that came with a refresh, which the core has not seen used. */
export async function child(stage: Stage): Promise<Shown> {
  const { accessToken } = await stage.renew(await begin(stage))
  return { token: accessToken.token }
}

export async function fresh(stage: Stage): Promise<Shown> {
  const { accessToken, antiCsrfToken } = await begin(stage)
  return { token: accessToken.token, antiCsrfToken }
}

export async function revoked(stage: Stage, { token }: Shown): Promise<Shown> {
  stage.core.endSession(readAccessToken(token)?.handle ?? '')
  return { token }
}

export async function down(stage: Stage, shown: Promise<Shown>): Promise<Shown> {
  const { token, ...options } = await shown
  // The keys are there by now.
  await outcomeOf(stage.superTokens.getSession((await fresh(stage)).token))
  stage.core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
  return { token, ...options }
}

export function forged(token: string): string {
  const [header, , signature] = token.split('.')
  const claims = { ...readAccessToken(token)?.payload, sub: 'admin' }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

export function unsigned(token: string): string {
  const [, claims] = token.split('.')
  const header = { alg: 'none', typ: 'JWT', version: '5', kid: 'd-1' }
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}.x`
}

/** The way of a token that another refresh of the same parent has made worthless. */
export async function orphan(stage: Stage, options: VerifyOptions = {}): Promise<Shown> {
  const parent = await begin(stage)
  const { accessToken } = await stage.renew(parent)
  const other = await stage.renew(parent)
  await stage.superTokens.getSession(other.accessToken.token)
  return { token: accessToken.token, ...options }
}
