import type {
  WorkOSMembership,
  WorkOSOrganizationSeed,
  WorkOSOrganizationSettings,
  WorkOSProfile,
  WorkOSUserSeed,
} from './types.js'

/** A person of this server. */
export interface Person {
  readonly id: string
  readonly email: string
  profile: WorkOSProfile
  /** By organization, in the order in which they were made. */
  readonly memberships: Map<string, WorkOSMembership>
  readonly createdAt: number
  updatedAt: number
  lastSignInAt: number | null
}

/** An organization with nothing left to default. */
export interface Organization extends WorkOSOrganizationSeed {
  readonly name: string
  readonly connectionIds: readonly string[]
}

/** Who and what there is. */
export interface Directory {
  readonly people: Map<string, Person>
  readonly organizations: Map<string, Organization>
  find(email: string): Person | undefined
  /** @throws Error for an address that nobody has. */
  get(email: string): Person
  create(seed: WorkOSUserSeed): Person
  /** Changes an organization, or founds it. */
  settle(id: string, settings: WorkOSOrganizationSettings): void
  /** Changes what somebody is in an organization, or makes them a member. */
  join(person: Person, membership: WorkOSMembership): void
}

/** A user as the wire describes them. */
export function describeUser({ id, email, profile, ...person }: Person): Record<string, unknown> {
  const at = (ms: number): string => new Date(ms).toISOString()
  const { firstName, lastName } = profile
  return {
    object: 'user',
    id,
    email,
    email_verified: profile.emailVerified ?? true,
    name: firstName || lastName ? [firstName, lastName].filter(Boolean).join(' ') : null,
    first_name: firstName ?? null,
    last_name: lastName ?? null,
    profile_picture_url: profile.profilePictureUrl ?? null,
    locale: profile.locale ?? null,
    last_sign_in_at: person.lastSignInAt === null ? null : at(person.lastSignInAt),
    external_id: profile.externalId ?? null,
    metadata: profile.metadata ?? {},
    created_at: at(person.createdAt),
    updated_at: at(person.updatedAt),
  }
}

/** Makes the people and organizations of one server. */
export function createDirectory(newId: (prefix: string) => string, now: () => number): Directory {
  const people = new Map<string, Person>()
  const organizations = new Map<string, Organization>()

  const directory: Directory = {
    people,
    organizations,
    find: (email) =>
      [...people.values()].find((person) => person.email.toLowerCase() === email.toLowerCase()),
    get(email) {
      const person = directory.find(email)
      if (!person) throw new Error(`The scripted WorkOS knows nobody with the address ${email}.`)
      return person
    },
    create({ email, id = newId('user'), memberships = [], ...profile }) {
      if (directory.find(email)) throw new Error(`The address ${email} is taken already.`)
      const [createdAt, updatedAt] = [now(), now()]
      const known = { id, email, profile, memberships: new Map(), createdAt, updatedAt }
      const person: Person = { ...known, lastSignInAt: null }
      people.set(id, person)
      for (const membership of memberships) directory.join(person, membership)
      return person
    },
    settle(id, settings) {
      const known = organizations.get(id) ?? { name: id, connectionIds: [`conn_${id}`] }
      const { name = known.name, connectionIds = known.connectionIds } = settings
      organizations.set(id, { ...known, ...settings, id, name, connectionIds })
    },
    join({ memberships }, { organizationId, ...changes }) {
      if (!organizations.has(organizationId)) directory.settle(organizationId, {})
      const known = memberships.get(organizationId)
      memberships.set(organizationId, { ...known, ...changes, organizationId })
    },
  }
  return directory
}
