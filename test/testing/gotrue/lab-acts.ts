import { createCredential, type DeviceCredential } from '../../support/device.js'
import { type Bench, objectOf } from './lab.js'

type Act = (bench: Bench, ...words: string[]) => unknown

const SITE = { rpId: 'localhost', origin: 'http://localhost:5311' }

/** The devices of a lab, each with one passkey. */
const devices = new WeakMap<Bench, DeviceCredential>()

function deviceOf(bench: Bench, email: string): DeviceCredential {
  const device = devices.get(bench) ?? createCredential({ userHandle: bench.notes.userId(email) })
  devices.set(bench, device)
  return device
}

/** What a person does with a device: each takes the step whose challenge is answered. */
export const passkeyActs: Readonly<Record<string, Act>> = {
  'passkey-challenge': async ({ post, notes }, name = '') => {
    const { challenge_id, options } = objectOf(
      (await post('/passkeys/authentication/options', {})).body,
    )
    notes.set(`${name}.challenge_id`, challenge_id)
    notes.set(`${name}.challenge`, objectOf(options).challenge)
  },
  'challenge-of': async ({ send, notes }, label = '', _as = '', name = '') => {
    const { body } = await send(label, '/passkeys/registration/options', {
      method: 'POST',
      body: '{}',
    })
    notes.set(`${name}.challenge_id`, objectOf(body).challenge_id)
  },
  register(bench, email = '', _for = '', step = '', _as = '', name = '') {
    const challenge = bench.notes.get(`${step}.challenge`)
    const made = deviceOf(bench, email).create({ ...SITE, challenge })
    bench.notes.set(name, JSON.stringify(made))
  },
  answer(bench, email = '', _for = '', step = '', _as = '', name = '') {
    const challenge = bench.notes.get(`${step}.challenge`)
    const given = deviceOf(bench, email).get({ ...SITE, challenge })
    bench.notes.set(name, JSON.stringify(given))
  },
}

/** What happens around a link. */
export const linkActs: Readonly<Record<string, Act>> = {
  link: async ({ send, notes }, label = '', _to = '', provider = '', _as = '', name = '') => {
    const query = new URLSearchParams({ provider, redirect_to: 'https://app.example.test/back' })
    const path = `/user/identities/authorize?skip_http_redirect=true&${query}`
    const { url } = objectOf((await send(label, path, {})).body)
    notes.set(`${name}.state`, new URL(String(url)).searchParams.get('state'))
  },
  identity: async ({ send, notes }, provider = '', _of = '', label = '', _as = '', name = '') => {
    const { identities } = objectOf((await send(label, '/user', {})).body)
    const list = Array.isArray(identities) ? identities.map(objectOf) : []
    notes.set(`${name}.identity_id`, list.find((one) => one.provider === provider)?.identity_id)
  },
  'id-token-of': async ({ server, notes }, email = '', _as = '', name = '') =>
    notes.set(`${name}.token`, await server.issueIdToken({ email })),
}
