// Starts the demo by https, with a certificate made here, and a Chromium that trusts it and has its keys in software.
// PORT chooses the port; 0 is a free one. BROWSER=none starts no Chromium, and says how to.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const HOSTS = { app: 'strongbox.test', authority: 'authority.test' }
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** When the newest file of a path was written, in ms; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** Builds the package if its sources are newer. */
function prepare() {
  if (newest(join(root, 'dist/server/dbsc/index.js')) >= newest(join(root, 'src'))) return
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })
}

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

/** What Chromium needs: the API, keys in software, the certificate's pin, and where the hosts are. */
function switchesFor(cert) {
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  const pin = createHash('sha256').update(spki).digest('base64')
  return [
    '--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
    `--ignore-certificate-errors-spki-list=${pin}`,
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ]
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** An installed Chromium: `CHROMIUM_PATH`, or a usual name on the path. */
function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const all = folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
  return process.env.CHROMIUM_PATH ?? all.find(isExecutable) ?? null
}

/** Serves each host by what answers for it. */
function listen(certificate, port, answers) {
  return new Promise((resolve, reject) => {
    const server = createServer(certificate, (request, response) => {
      const answer = answers.get((request.headers.host ?? '').split(':')[0])
      if (answer) answer(request, response)
      else response.writeHead(421).end()
    })
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

prepare()
const { createDemo } = await import('./demo.mjs')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
const certificate = createCertificate(folder)
const answers = new Map()
const { PORT, BROWSER } = process.env
const server = PORT
  ? await listen(certificate, Number(PORT), answers)
  : await listen(certificate, 3004, answers).catch(() => listen(certificate, 0, answers))
const { port } = server.address()
const [origin, authority] = Object.values(HOSTS).map((host) => `https://${host}:${port}`)
const demo = createDemo({ origin, authority, port, pin: certificate.cert })
answers.set(HOSTS.app, demo.app)
answers.set(HOSTS.authority, demo.authority)

const switches = [...switchesFor(certificate.cert), `--user-data-dir=${join(folder, 'profile')}`]
const chromium = BROWSER === 'none' ? null : findChromium()
console.log(`Start Chromium with: ${switches.map((one) => `'${one}'`).join(' ')}`)
console.log(`The Holdfast device-bound demo runs at ${origin}`)
const own = ['--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
const child = chromium && spawn(chromium, [...switches, ...own, origin], { stdio: 'ignore' })
child?.once('error', () => {})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    child?.kill()
    server.close(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      process.exit(0)
    })
    server.closeAllConnections()
  })
}
