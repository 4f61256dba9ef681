import { ES256, signProof } from '../../src/providers/oidc/dpop-proof.js'
import { createDpopWorld } from '../support/dpop-world.js'
import type { Probe } from './documented.js'

/** How the server refuses tokens to a clock that is so many ms ahead; `null` where it does not. */
async function refusal(clockSkew: number): Promise<string | null> {
  const { open, signIn, server } = createDpopWorld({})
  await signIn(open({}, { clockSkew })).catch(() => {})
  return server.requests.find(({ path }) => path === '/token')?.code ?? null
}

/** For how many ms one nonce is the newest. */
async function lifeOfNonce(): Promise<number> {
  const { clock, server } = createDpopWorld({ dpop: { nonces: 'token' } })
  const newest = async (): Promise<string | null> =>
    (await server.fetch(await askTokens(clock.now()))).headers.get('dpop-nonce')
  /** Waits for the next one; the time at which it is there. */
  const change = async (): Promise<number> => {
    for (const before = await newest(); (await newest()) === before; ) await clock.advance(1_000)
    return clock.now()
  }
  const begun = await change()
  return (await change()) - begun
}

/** A request for tokens with a proof, which holds no nonce. */
async function askTokens(now: number): Promise<Request> {
  const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
  const claims = { htm: 'POST', htu: 'https://id.example/token', iat: now / 1000 }
  const proof = await signProof(pair, { jti: crypto.randomUUID(), ...claims })
  return new Request('https://id.example/token', {
    method: 'POST',
    headers: { dpop: proof },
    body: new URLSearchParams({ client_id: 'app', grant_type: 'refresh_token' }),
  })
}

/** How the scripted OpenID Connect server takes proofs when it is told nothing. */
export const scriptedOidcProofsProbes: Readonly<Record<string, Probe>> = {
  'ScriptedOidcOptions.dpop': {
    says: 'it knows of none',
    async observe() {
      const { server, open, signIn } = createDpopWorld({ dpop: undefined })
      const { extras, keyId } = await signIn(open())
      const place = 'https://id.example/.well-known/openid-configuration'
      const told = JSON.stringify(await (await server.fetch(place)).json())
      return extras.token_type === 'Bearer' && !keyId && !told.includes('dpop')
    },
  },
  'OidcClientSeed.boundAccessTokens': {
    async observe() {
      const { open, signIn } = createDpopWorld({ clients: [{ id: 'app' }], dpop: {} })
      const { keyId } = await signIn(open({ dpop: undefined }))
      return keyId !== undefined
    },
  },
  'OidcProofRules.nonces': {
    async observe() {
      const world = createDpopWorld({ dpop: {} })
      const opened = world.open()
      await world.signIn(opened)
      const { status } = await opened.ask()
      const none = world.server.requests.every(({ code }) => code !== 'use_dpop_nonce')
      return none && status === 200 ? 'nowhere' : 'somewhere'
    },
  },
  'OidcProofRules.nonceLifetime': { observe: lifeOfNonce },
  'OidcProofRules.tolerance': {
    async observe() {
      for (let ms = 0; ms <= 600_000; ms += 60_000) {
        if (await refusal(ms + 1_000)) return ms
      }
      return Infinity
    },
  },
  'OidcProofRules.binds': {
    async observe() {
      const world = createDpopWorld({ dpop: {} })
      const { extras, refreshToken } = await world.signIn(world.open())
      const body = new URLSearchParams({
        client_id: 'app',
        grant_type: 'refresh_token',
        refresh_token: `${refreshToken}`,
      })
      const answer = await world.server.fetch('https://id.example/token', { method: 'POST', body })
      return extras.token_type === 'DPoP' && answer.status === 400 ? 'all' : 'less'
    },
  },
}
