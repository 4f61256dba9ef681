/** What another provider says of its person. */
export interface ProviderPerson {
  /** The name that the provider has for the person. */
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Who issues the id tokens that this server believes. */
export const ID_ISSUER = 'https://id.example'

/** How the providers of this world call whoever has an address. */
export const nameIn = (email: string): string => email.split('@')[0] ?? ''

/** What a provider of this world says after its consent: all that it knows is the address. */
export function personAt({
  provider,
  email,
}: {
  readonly provider: string
  readonly email: string
}): ProviderPerson {
  const name = nameIn(email)
  const subject = `${provider}-${name}`
  const known = { email, email_verified: true, phone_verified: false }
  const data = { ...known, custom_claims: {}, full_name: name, iss: ID_ISSUER, name }
  return { subject, data: { ...data, provider_id: subject, sub: subject } }
}

/** What an id token says, as the server keeps it. */
export function personIn(claims: Readonly<Record<string, unknown>>): ProviderPerson {
  const { nonce: _, ...known } = claims
  return { subject: String(claims.sub), data: { ...known, phone_verified: false } }
}
