// Starts the demo by https, with a certificate made here, and a Chromium that trusts it and has its keys in software.
// PORT chooses the port; 0 is a free one. BROWSER=none starts no Chromium, and says how to.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, prepare } from '../prepare.mjs'
import { closeOnSignal, listen } from '../serve.mjs'
import { openChromium, switchesFor } from './chromium.mjs'

const HOSTS = { app: 'strongbox.test', authority: 'authority.test' }

/** Makes a certificate, by openssl. */
function createCertificate(folder) {
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name))
  const names = Object.values(HOSTS).map((host) => `DNS:${host}`)
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const about = ['-subj', '/CN=holdfast', '-addext', `subjectAltName=${names.join()}`]
  const files = ['-keyout', key, '-out', certificate]
  const args = ['req', '-x509', ...kind, ...about, ...files, '-days', '2']
  execFileSync('openssl', args, { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(certificate) }
}

/** Answers by what there is for the host that a request names. */
const byHost = (answers) => (request, response) => {
  const answer = answers.get((request.headers.host ?? '').split(':')[0])
  if (answer) answer(request, response)
  else response.writeHead(421).end()
}

prepare()
// What it imports is there only now.
const { createDemo } = await import('./demo.mjs')
const script = await bundle('strongbox/page.ts')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
const certificate = createCertificate(folder)
const answers = new Map()
const server = createServer(certificate, byHost(answers))
const port = await listen(server, 3004)
const [origin, authority] = Object.values(HOSTS).map((host) => `https://${host}:${port}`)
const demo = createDemo({ origin, authority, port, pin: certificate.cert, script })
answers.set(HOSTS.app, demo.app)
answers.set(HOSTS.authority, demo.authority)

const switches = switchesFor(certificate.cert, join(folder, 'profile'))
console.log(`Start Chromium with: ${switches.map((one) => `'${one}'`).join(' ')}`)
console.log(`The Holdfast device-bound demo runs at ${origin}`)
const chromium = process.env.BROWSER === 'none' ? null : openChromium(switches, origin)
closeOnSignal(server, () => {
  chromium?.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
