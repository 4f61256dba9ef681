import { field, json } from '../server/json.js'
import type { Client, Route, ServerContext } from './context.js'
import type { Person } from './directory.js'
import { refuseOAuth } from './errors.js'

/** How long a device may wait for somebody, and between two questions, in ms: as WorkOS's reference shows. */
const LIFE = 300_000
const INTERVAL = 5_000

/** `POST /user_management/authorize/device` */
export const authorizeDevice: Route = async ({ clients, devices, ...context }, { url, body }) => {
  const { random, newToken, now } = context
  const client = clients.get(field(body, 'client_id') ?? '')
  if (!client) return refuseOAuth('invalid_client', 'Invalid client ID.')
  const letters = Array.from({ length: 8 }, () => 'BCDFGHJKLMNPQRSTVWXZ'[Math.floor(random() * 20)])
  const userCode = `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
  const deviceCode = newToken()
  const at = now()
  const device = { userCode, clientId: client.id, at, askedAt: at, decision: undefined }
  devices.set(deviceCode, device)
  const page = `${url.origin}/device`
  return json(200, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: LIFE / 1000,
    interval: INTERVAL / 1000,
  })
}

/** Who has let a device in. @throws WorkOSRefusal while nobody has, or nobody will (RFC 8628 §3.5). */
export function ownerOfDevice(
  { devices, now }: ServerContext,
  { client, code }: { readonly client: Client; readonly code: string },
): Person {
  const device = devices.get(code)
  if (device?.clientId !== client.id || now() > device.at + LIFE) {
    return refuseOAuth('expired_token', 'The device code has expired.')
  }
  const { decision, askedAt } = device
  device.askedAt = now()
  if (decision === undefined) {
    return now() < askedAt + INTERVAL
      ? refuseOAuth('slow_down', 'The device asks too often.')
      : refuseOAuth('authorization_pending', 'The authorization request is still pending.')
  }
  devices.delete(code)
  return decision ?? refuseOAuth('access_denied', 'The user denied the authorization request.')
}
