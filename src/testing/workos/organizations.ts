import type { Begun, ServerContext } from './context.js'
import { describeUser, type Organization, type Person } from './directory.js'
import { refuse, refuseCode, refuseOAuth } from './errors.js'
import { keepPending } from './pending.js'

/** Somebody at the door of an organization. */
export interface Entry {
  readonly person: Person
  readonly organizationId: string
  /** Whether the step that the organization asks for has been taken. */
  readonly admitted: boolean
}

function requireStep(
  { options, newToken }: ServerContext,
  person: Person,
  organization: Organization,
): void {
  const next = {
    pending_authentication_token: newToken(),
    ...(organization.redirectUrl && { authkit_redirect_url: organization.redirectUrl }),
  }
  if (organization.requires === 'sso') {
    const words = 'User must authenticate using one of the matching connections.'
    const { email } = person
    refuseOAuth('sso_required', words, {
      connection_ids: organization.connectionIds,
      email,
      ...next,
    })
  }
  if (organization.requires === 'mfa_enrollment') {
    const [code, message] = [
      'mfa_enrollment',
      'The user must enroll in MFA to finish authenticating.',
    ]
    const extra = { ...next, user: describeUser(person) }
    if (options.mfaEnvelope === 'error') refuseOAuth(code, message, extra)
    refuseCode(403, { code, message, ...extra })
  }
}

/** Lets somebody into an organization. @throws WorkOSRefusal to strangers, and when a step is due. */
export function enter(context: ServerContext, entry: Entry): void {
  const { person, organizationId } = entry
  const { directory, options } = context
  const organization = directory.organizations.get(organizationId)
  if (!organization) refuseOAuth('organization_not_found', 'The organization was not found.')
  if (!person.memberships.has(organizationId)) {
    const { membershipError = 'organization_membership_not_found' } = options
    refuseOAuth(membershipError, 'The user is not an active member of the organization.')
  }
  if (!entry.admitted) requireStep(context, person, organization)
}

/** The organization of a sign-in that named none. @throws WorkOSRefusal when the person must say */
export function choose(context: ServerContext, begun: Begun): string | null {
  const { person } = begun
  const [first, second] = person.memberships.keys()
  if (first === undefined) return null
  if (second === undefined || context.options.organizationChoice !== 'required') return first
  const organizations = [...person.memberships.keys()].map((id) => ({
    id,
    name: context.directory.organizations.get(id)?.name ?? id,
  }))
  return refuse(403, {
    code: 'organization_selection_required',
    message: 'The user must choose an organization to finish their authentication.',
    pending_authentication_token: keepPending(context, begun, 'organization_selection'),
    organizations,
    user: describeUser(person),
  })
}
