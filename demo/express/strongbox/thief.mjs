// A thief with another browser, for the demo only: an app never keeps a cookie that it was shown.
import { Agent, request } from 'node:https'

/** Sends a request as a browser of its own would; `pin` is the certificate that it trusts. */
function send({ origin, port, pin }, path, { method = 'GET', cookie }) {
  const { host, hostname } = new URL(origin)
  const options = {
    // The name is one that only the demo's own Chromium knows.
    host: '127.0.0.1',
    port,
    servername: hostname,
    agent: new Agent({ ca: pin }),
    path,
    method,
    headers: { Host: host, Cookie: cookie, 'X-Holdfast': '1' },
  }
  return new Promise((resolve, reject) => {
    const sent = request(options, async (response) => {
      const chunks = []
      for await (const chunk of response) chunks.push(chunk)
      resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() })
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? '{}' : undefined)
  })
}

/** Of a `Cookie` header what a session is without its proof: what logs, disks and infostealers give away. */
const withoutProof = (header) =>
  header
    .split('; ')
    .filter((pair) => !pair.startsWith('__Host-holdfast-bound-'))
    .join('; ')

/** Makes the thief, in whom the app sees nothing but another browser. */
export function createThief() {
  return {
    /** What the app answers to who has a copy of these cookies. */
    async tryWith(header, place) {
      const cookie = withoutProof(header)
      const session = await send(place, '/auth/session', { cookie })
      const refresh = await send(place, '/auth/refresh', { cookie, method: 'POST' })
      const boxes = await send(place, '/boxes', { cookie })
      const { code, serverCode = code } = JSON.parse(refresh.text)
      return [
        { asked: 'GET /auth/session', got: `${session.status} ${session.text}` },
        { asked: 'POST /auth/refresh', got: `${refresh.status} ${serverCode ?? 'new tokens'}` },
        { asked: 'GET /boxes', got: String(boxes.status) },
      ]
    },
  }
}
