// A Chromium that binds sessions over https with a certificate made here, and has its keys in software.
import { spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** What it needs: the API, keys in software, the certificate's pin, where the hosts are, and a profile of its own. */
export function switchesFor(certificate, profile) {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  const pin = createHash('sha256').update(spki).digest('base64')
  return [
    '--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
    `--ignore-certificate-errors-spki-list=${pin}`,
    '--host-resolver-rules=MAP *.test 127.0.0.1',
    `--user-data-dir=${profile}`,
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

/** An installed one: `CHROMIUM_PATH`, or a usual name on the path; `null` if there is none. */
function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const all = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return process.env.CHROMIUM_PATH ?? all.find(isExecutable) ?? null
}

/** Opens a page in an installed Chromium; `null` if there is none. */
export function openChromium(switches, url) {
  const path = findChromium()
  if (path === null) return null
  const own = ['--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const child = spawn(path, [...switches, ...own, url], { stdio: 'ignore' })
  child.once('error', ({ message }) => console.error(`Chromium does not start: ${message}`))
  return child
}
