// The app's API: what you would write. It takes access tokens of the auth server, and pays only for
// people who have just proved who they are (RFC 9470).
import express from 'express'
import { createVerifier } from 'holdfast/server'
import { createProofs } from './proof.mjs'

/** The proof that a payment wants, by the auth server's name for it, and how old it may be, in s. */
export const PROOF = { acr: 'urn:harbour:code', maxAge: 60 }

const INVOICES = [
  { number: '2026-118', from: 'Manila Rope Works', amount: '€ 1,240.00', for: 'ada' },
  { number: '2026-121', from: 'Brass & Binnacle', amount: '€ 386.50', for: 'ada' },
  { number: '2026-124', from: 'North Loft Sails', amount: '€ 4,910.00', for: 'ada' },
  { number: '2026-119', from: 'Tar and Oakum', amount: '€ 92.80', for: 'grace' },
  { number: '2026-123', from: 'Galvanised Sundries', amount: '€ 517.20', for: 'grace' },
]

/** A challenge (RFC 6750 §3): what is wrong with a request, and what would do. */
function challenge(response, parameters, scheme = 'Bearer') {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  response.set('WWW-Authenticate', `${scheme} ${list.join(', ')}`.trim())
  response.status(401).json({ message: parameters.error_description ?? 'Who are you?' })
}

/** What is wrong with a token that comes so; `null` for nothing. */
async function wrongWith(request, { scheme, token, claims, proofs }) {
  // A token that is bound to a key is worth nothing without it, and no other needs one.
  const jkt = claims.cnf?.jkt
  if (!jkt) return scheme === 'bearer' ? null : 'invalid_token'
  return scheme === 'dpop' ? proofs.check(request, { token, jkt }) : 'invalid_token'
}

/** Lets requests pass that carry a token of `issuer` for this API, and proof of its key (RFC 9449). */
function requireToken({ issuer, api }) {
  const verifier = createVerifier({
    jwksUrl: `${issuer}/jwks`,
    issuer,
    audience: api,
    algorithms: ['ES256'],
  })
  const proofs = createProofs({ origin: new URL(api).origin })
  return async (request, response, next) => {
    const [, type = '', token] =
      /^(Bearer|DPoP) (\S+)$/i.exec(request.get('Authorization') ?? '') ?? []
    response.set('DPoP-Nonce', proofs.nonce())
    if (!token) return challenge(response, {})
    const checked = await verifier.verify(token)
    // The keys cannot be had: nothing is known about the token.
    if (!checked.ok && checked.retryable)
      return response.status(503).json({ message: 'Try again.' })
    const { claims } = checked
    const about = { scheme: type.toLowerCase(), token, claims, proofs }
    const error = checked.ok ? await wrongWith(request, about) : 'invalid_token'
    if (error) return challenge(response, { error }, type)
    response.locals.claims = claims
    next()
  }
}

/** Lets requests pass whose person has proved who they are as `PROOF` says, or asks for it. */
function requireProof(_request, response, next) {
  const { acr, auth_time: since = 0 } = response.locals.claims
  if (acr === PROOF.acr && Date.now() / 1000 - since <= PROOF.maxAge) return next()
  challenge(response, {
    error: 'insufficient_user_authentication',
    error_description: 'A payment wants a code, and a fresh one.',
    acr_values: PROOF.acr,
    max_age: PROOF.maxAge,
  })
}

/** Makes the API. `issuer` is the auth server, `api` what tokens for it call this API (RFC 8707). */
export function createApi({ issuer, api }) {
  const paid = new Map()
  const routes = express.Router()
  routes.use(requireToken({ issuer, api }))

  routes.get('/me', (_request, response) => {
    const { sub, acr, auth_time, cnf } = response.locals.claims
    response.json({ sub, acr, authTime: auth_time * 1000, key: cnf?.jkt ?? null })
  })

  routes.get('/invoices', (_request, response) => {
    const { sub } = response.locals.claims
    const mine = INVOICES.filter((invoice) => invoice.for === sub)
    response.json(mine.map((invoice) => ({ ...invoice, paidAt: paid.get(invoice.number) ?? null })))
  })

  routes.post('/invoices/:number/payment', requireProof, (request, response) => {
    const { number } = request.params
    const { sub } = response.locals.claims
    const invoice = INVOICES.find((each) => each.number === number && each.for === sub)
    if (!invoice) return response.status(404).json({ message: 'You have no such invoice.' })
    if (!paid.has(number)) paid.set(number, Date.now())
    response.json({ ...invoice, paidAt: paid.get(number) })
  })

  return routes
}
