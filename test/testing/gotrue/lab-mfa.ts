import { createCredential, type DeviceCredential } from '../../support/device.js'
import type { Bench } from './lab.js'
import type { Reply } from './shape.js'

type Act = (bench: Bench, ...words: string[]) => unknown

const SITE = { rpId: 'localhost', origin: 'http://localhost:5311' }

/** The security keys of labs, one each. */
const keys = new WeakMap<Bench, DeviceCredential>()

function keyOf(bench: Bench): DeviceCredential {
  const key = keys.get(bench) ?? createCredential()
  keys.set(bench, key)
  return key
}

const fieldOf = ({ body }: Reply, name: string): unknown =>
  typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined

/** What is done by hand with second factors, by its first word. */
export const MFA_ACTS: Readonly<Record<string, Act>> = {
  /** `enrol ada as f`: a factor of an app that was asked already, as `f.id`, `f.challenge`, `f.code`. */
  async enrol({ server, notes, post }, label = '', _as = '', name = '') {
    const token = notes.get(`${label}.access`)
    const body = { factor_type: 'totp', friendly_name: 'app' }
    const id = fieldOf(await post('/factors', body, token), 'id')
    notes.set(`${name}.id`, id)
    notes.set(`${name}.challenge`, fieldOf(await post(`/factors/${id}/challenge`, {}, token), 'id'))
    notes.set(`${name}.code`, await server.totpCode(String(id)))
  },
  async challenge({ notes, post }, factor = '', _by = '', label = '', _as = '', name = '') {
    const path = `/factors/${notes.get(factor)}/challenge`
    notes.set(name, fieldOf(await post(path, {}, notes.get(`${label}.access`)), 'id'))
  },
  async totp({ server, notes }, factor = '', _as = '', name = '') {
    notes.set(name, await server.totpCode(notes.get(factor)))
  },
  'expire-challenge': ({ server, notes }, name = '') => server.expireChallenge(notes.get(name)),
  /** `key create step as k`: answers what a step asked for, as `k`. */
  key(bench, kind = '', step = '', _as = '', name = '') {
    const { create, get } = keyOf(bench)
    const question = { ...SITE, challenge: bench.notes.get(`${step}.challenge`) }
    const make = kind === 'create' ? create : get
    bench.notes.set(name, JSON.stringify(make(question)))
  },
  async anonymous({ notes, post }, _as = '', label = '') {
    notes.set(`${label}.access`, fieldOf(await post('/signup', {}), 'access_token'))
  },
}

/** What a browser is asked for, in the answer to a challenge. */
export function webauthnChallengeOf(body: unknown): string | undefined {
  const [, challenge] = /"publicKey":.*"challenge":"([\w-]+)"/.exec(JSON.stringify(body)) ?? []
  return challenge
}
