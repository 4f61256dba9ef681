/** The places of this company, which are organizations at WorkOS. */
export const PLACES = [
  { id: 'org_north', name: 'North Pier' },
  { id: 'org_south', name: 'South Quay' },
  { id: 'org_vault', name: 'The Vault' },
] as const

/** All that somebody may be allowed to do, in the words of a person. */
export const PERMISSIONS: Readonly<Record<string, string>> = {
  'berths:assign': 'Assign berths to ships',
  'shifts:edit': 'Change the shifts of others',
  'shifts:read': 'See who works when',
  'invoices:read': 'Read invoices',
  'crew:invite': 'Invite people to the crew',
}

/** What each role may do. */
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  'harbour-master': Object.keys(PERMISSIONS),
  dispatcher: ['berths:assign', 'shifts:read', 'shifts:edit'],
  'deck-hand': ['shifts:read'],
}

/** The name of a place. */
export const nameOf = (id: string | undefined): string =>
  PLACES.find((place) => place.id === id)?.name ?? 'no place'
