/** What runs in the page of second factors: the built package. */
import { AuthClient, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { assuranceLevel, mfa, webauthnFactors } from 'holdfast/providers/gotrue/mfa'

const auth = new AuthClient({
  provider: gotrue({ url: `${location.origin}/auth/v1` }),
  storage: webStorage(),
  storageKey: 'app',
})
const events: string[] = []
auth.onAuthStateChange((event, session) => void events.push(`${event} ${session?.aal ?? '-'}`))

/** Shows a picture, and resolves to its width and to how many of its pixels are dark. */
async function show(src: string): Promise<{ readonly width: number; readonly dark: number }> {
  const image = document.body.appendChild(new Image())
  image.src = src
  await image.decode()
  const { naturalWidth: width, naturalHeight: height } = image
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  context?.drawImage(image, 0, 0)
  const { data = [] } = context?.getImageData(0, 0, width, height) ?? {}
  let dark = 0
  for (let at = 3; at < data.length; at += 4) if (data[at] === 255) dark++
  return { width, dark }
}

const second = {
  auth,
  events,
  factors: mfa(auth),
  keys: webauthnFactors(auth),
  show,
  level: async () => assuranceLevel(await auth.getSession()),
}

declare global {
  interface Window {
    second: typeof second
  }
}

window.second = second
