import type { Impersonator } from '../../core/session.js'
import type { Signer } from '../server/signing.js'
import { type Directory, describeUser, type Person } from './directory.js'
import { refuse } from './errors.js'
import type { Device, Factor, MailedCode } from './proofs.js'
import type { Answer, ServerSession, Sessions } from './sessions.js'
import type { ScriptedWorkOSOptions, WorkOSClientSeed, WorkOSMail } from './types.js'

/** An application with nothing left to default. */
export type Client = {
  readonly [Key in keyof WorkOSClientSeed]-?: NonNullable<WorkOSClientSeed[Key]>
}

/** A sign-in that somebody has begun, by code or by pending token. */
export interface Begun {
  readonly clientId: string
  readonly person: Person
  readonly method: string
  /** Whether the hosted pages have taken all steps that an organization may ask for. */
  readonly hosted: boolean
  /** Whether the person has proved who they are a second time. */
  readonly hasFactor?: boolean | undefined
  /** Whether the person has been proved to be one to Radar. */
  readonly isTrusted?: boolean | undefined
}

/** A sign-in that waits for a step. */
export interface Pending {
  readonly begun: Begun
  readonly step:
    | 'organization_selection'
    | 'email_verification'
    | 'mfa_challenge'
    | 'mfa_enrollment'
    | 'radar_email_challenge'
    | 'radar_sms_challenge'
}

/** A sign-in that waits for its code. */
export interface Code extends Begun {
  readonly organizationId: string | null
  readonly challenge: string | null
  /** When the code was issued, in ms since the epoch. */
  readonly at: number
}

/** All that the routes of one server share. */
export interface ServerContext {
  readonly clients: ReadonlyMap<string, Client>
  readonly directory: Directory
  readonly sessions: Sessions
  readonly signer: Signer
  /** Authorization codes by their text. */
  readonly codes: Map<string, Code>
  /** Pending authentication tokens by their text. */
  readonly pending: Map<string, Pending>
  /** The code of the newest mail of each kind to each address. */
  readonly mailed: Map<string, MailedCode>
  /** All mails, the newest last. */
  readonly mails: WorkOSMail[]
  /** Authenticators by their ids, and the challenges of them. */
  readonly factors: Map<string, Factor>
  readonly challenges: Map<string, string>
  /** Devices that ask to be let in, by their codes. */
  readonly devices: Map<string, Device>
  /** Who the next session of a person is really for, by the person's id. */
  readonly impersonations: Map<string, Impersonator>
  readonly settings: { accessTokenLifetime: number; issuer: string | undefined }
  readonly options: ScriptedWorkOSOptions
  newId(prefix: string): string
  newToken(): string
  now(): number
  random(): number
}

/** One request, taken apart. */
export interface Call {
  readonly request: Request
  readonly url: URL
  readonly body: Answer
}

/** What serves a path. */
export type Route = (context: ServerContext, call: Call) => Promise<Response>

/** The claims of an access token: what the session is now, and the membership as it is now. */
function claimsOf(
  { directory, settings, options, now, newId }: ServerContext,
  session: ServerSession,
): Readonly<Record<string, unknown>> {
  const { organizationId, impersonator, clientId } = session
  const person = directory.people.get(session.userId)
  const membership = organizationId ? person?.memberships.get(organizationId) : undefined
  const issuedAt = Math.floor(now() / 1000)
  const { role = 'member', roles = [role], permissions = [] } = membership ?? {}
  return {
    ...options.claims,
    iss: settings.issuer ?? `https://api.workos.com/user_management/${clientId}`,
    sub: session.userId,
    sid: session.id,
    jti: newId('jti'),
    iat: issuedAt,
    exp: issuedAt + Math.floor(settings.accessTokenLifetime / 1000),
    auth_time: Math.floor(session.startedAt / 1000),
    ...(impersonator && { act: { sub: impersonator.email } }),
    ...(organizationId && { org_id: organizationId }),
    ...(membership && {
      role,
      roles,
      permissions,
      entitlements: membership.entitlements,
      feature_flags: membership.featureFlags,
    }),
  }
}

/** The answer that gives a session, with a fresh access token. */
export async function sessionAnswer(
  context: ServerContext,
  session: ServerSession,
  refreshToken: string,
): Promise<Answer> {
  const person = context.directory.people.get(session.userId)
  if (!person) return refuse(404, { message: 'User not found.' })
  const user = describeUser(person)
  const { organizationId, impersonator } = session
  return {
    user,
    ...(organizationId && { organization_id: organizationId }),
    access_token: await context.signer.sign(claimsOf(context, session)),
    refresh_token: refreshToken,
    authentication_method: session.method,
    ...(impersonator && { impersonator }),
  }
}
