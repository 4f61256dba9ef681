/** What runs on the page of the redirect URI. */

import { handBack } from 'holdfast/providers/oidc/popup'
import { CALLBACKS, type Callback } from './orders.js'

const handed = handBack()
const said: Callback = { handed, knows: opener ? 'its opener' : 'nobody', closed }
new BroadcastChannel(CALLBACKS).postMessage(said)
