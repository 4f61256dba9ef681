import { AuthClient } from 'holdfast'
import { oidc } from 'holdfast/providers/oidc'
import { popup } from 'holdfast/providers/oidc/popup'
import { silentSignIn } from 'holdfast/providers/oidc/silent'
import { CALLBACKS, type Callback } from '../page/orders.js'
import { check, type EngineCase, type World } from './case.js'

/** The server's page for a sign-in sends back at once. `/apart` cuts its window off from the page that opened it. */
type Way = '/authorize' | '/apart'

type SignIn = (auth: ReturnType<typeof clientOf>) => ReturnType<typeof silentSignIn>

/** A client of a server of another site, which takes each code. */
function clientOf({ elsewhere, key }: World, way: Way) {
  const provider = oidc({
    issuer: elsewhere,
    clientId: 'spa',
    redirectUri: `${location.origin}/callback`,
    scope: 'read',
    metadata: {
      issuer: elsewhere,
      authorization_endpoint: `${elsewhere}${way}`,
      token_endpoint: `${elsewhere}/token`,
    },
    fetch: async () =>
      Response.json({ access_token: 'from the code', token_type: 'Bearer', expires_in: 3600 }),
  })
  return new AuthClient({ provider, storageKey: key })
}

/** What the next callback page says of itself. */
function nextCallback(): Promise<Callback> {
  const channel = new BroadcastChannel(CALLBACKS)
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<Callback>) => {
      channel.close()
      resolve(data)
    }
  })
}

/** Signs in by another page, which says of itself what is wanted. */
async function signInBy(
  world: World,
  { way, wanted, signIn }: { way: Way; wanted: Callback; signIn: SignIn },
): Promise<void> {
  const auth = clientOf(world, way)
  try {
    const said = nextCallback()
    const { session } = await signIn(auth)
    check(session?.accessToken === 'from the code', 'the session is not that of the code')
    check(JSON.stringify(await said) === JSON.stringify(wanted), JSON.stringify(await said))
  } finally {
    auth.dispose()
  }
}

const inWindow: SignIn = (auth) => popup(auth).signIn()
const inFrame: SignIn = (auth) => silentSignIn(auth)

/** Sign-ins beside the page, by the pages of another site. */
export const handBacks: readonly EngineCase[] = [
  {
    name: 'a window hands its answer back to the page that opened it, and closes',
    run: (world) =>
      signInBy(world, {
        way: '/authorize',
        wanted: { handed: true, knows: 'its opener', closed: true },
        signIn: inWindow,
      }),
  },
  {
    name: 'a window that its server has cut off hands its answer back all the same, and closes',
    run: (world) =>
      signInBy(world, {
        way: '/apart',
        wanted: { handed: true, knows: 'nobody', closed: true },
        signIn: inWindow,
      }),
  },
  {
    name: 'a frame hands its answer back to the page around it',
    run: (world) =>
      signInBy(world, {
        way: '/authorize',
        wanted: { handed: true, knows: 'nobody', closed: false },
        signIn: inFrame,
      }),
  },
]
