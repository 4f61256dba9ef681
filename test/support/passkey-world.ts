import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import type { ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createDevice, type DeviceOptions } from './device.js'
import { ADA, createGoTrueWorld } from './gotrue-tabs.js'

const ORIGIN = 'https://app.example'
const PASSKEYS = { rpId: 'app.example', rpName: 'App', origins: [ORIGIN] }

/** A page with a device, at a server with passkeys. */
export function withDevice(
  device: Partial<DeviceOptions> = {},
  options: ScriptedGoTrueOptions = { passkeys: PASSKEYS },
) {
  const world = createGoTrueWorld(options)
  const opened = world.open()
  const authenticator = createDevice({ origin: ORIGIN, ...device })
  return { world, ...opened, authenticator, own: passkeys(opened.auth, { authenticator }) }
}

/** As `withDevice`, with Ada signed in. */
export async function signedIn(device: Partial<DeviceOptions> = {}) {
  const started = withDevice(device)
  await started.auth.signIn(ADA)
  started.world.server.clearLog()
  return started
}
