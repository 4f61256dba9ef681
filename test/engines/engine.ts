import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from '../browser/chromium.js'
import { findExecutable } from '../support/executable.js'
import { ask, freshProfile, type Running, run } from './launch.js'

/** A real browser engine that may be installed here. */
export interface Engine {
  readonly name: 'Chromium' | 'Firefox' | 'WebKitGTK'
  /** Its program, or `null`. */
  readonly path: string | null
  /** What the program, or the system's packages, call this version. */
  version(): string
  /** Opens an address in a profile of its own. */
  start(url: string, options?: StartOptions): Running
}

/** Options of `start`. */
export interface StartOptions {
  /** Whether the engine is to keep nothing. */
  readonly isPrivate?: boolean
  /** Lets a driver in; Chromium only. */
  readonly isDriven?: boolean
}

/** A host that means this device to every engine here, and yet is no secure origin. */
export const INSECURE = 'insecure.example'

/** Chromium, headless. */
export function chromium(): Engine {
  const path = findChromium()
  return {
    name: 'Chromium',
    path,
    version: () => ask(path ?? '', ['--version']),
    start(url, { isPrivate, isDriven } = {}) {
      const profile = freshProfile()
      const args = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-popup-blocking',
        '--no-first-run',
        `--user-data-dir=${profile}`,
        ...(isPrivate ? ['--incognito'] : []),
        ...(isDriven ? ['--remote-debugging-port=0'] : []),
        `--host-resolver-rules=MAP ${INSECURE} 127.0.0.1`,
        url,
      ]
      return run({ command: path ?? '', args, profile })
    },
  }
}

/** What keeps a fresh Firefox from looking after itself instead of the page. */
const QUIET: Readonly<Record<string, boolean | number | string>> = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.disable_open_during_load': false,
  'dom.popup_maximum': 100,
  'extensions.getAddons.cache.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.proxy.type': 0,
  'services.settings.server': '',
  'toolkit.telemetry.enabled': false,
}

/** Firefox, headless. */
export function firefox(): Engine {
  const path = process.env.FIREFOX_PATH ?? findExecutable(['firefox-esr', 'firefox'])
  return {
    name: 'Firefox',
    path,
    version: () => ask(path ?? '', ['--version']),
    start(url, { isPrivate } = {}) {
      const profile = freshProfile()
      const wishes = {
        ...QUIET,
        ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
        'network.dns.localDomains': INSECURE,
      }
      const lines = Object.entries(wishes).map(
        ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
      )
      writeFileSync(join(profile, 'user.js'), lines.join('\n'))
      const args = ['--headless', '--no-remote', '--profile', profile, url]
      return run({ command: path ?? '', args, profile })
    },
  }
}

/** Debian keeps the program off the path, in a folder of its architecture. */
function findMiniBrowser(): string | null {
  const given = process.env.MINIBROWSER_PATH
  if (given) return given
  const below = (folder: string, start: string): string[] => {
    try {
      const names = readdirSync(folder).filter((name) => name.startsWith(start))
      return names.map((name) => join(folder, name))
    } catch {
      return []
    }
  }
  const folders = below('/usr/lib', '').flatMap((folder) => below(folder, 'webkit2gtk-4.'))
  return folders.flatMap((folder) => below(folder, 'MiniBrowser'))[0] ?? null
}

/** WebKitGTK's MiniBrowser, on a screen of its own where there is none. */
export function webKit(): Engine {
  const screen = process.env.DISPLAY ? null : findExecutable(['xvfb-run'])
  const found = findMiniBrowser()
  const path = process.env.DISPLAY || screen ? found : null
  return {
    name: 'WebKitGTK',
    path,
    version: () => ask('dpkg-query', ['-W', 'libwebkit2gtk-4.1-0']),
    start(url, { isPrivate } = {}) {
      const profile = freshProfile()
      const args = [
        '--javascript-can-open-windows-automatically=TRUE',
        // It can be told no names, but to ask the page's own server for everything.
        ...(url.includes(INSECURE) ? [`--proxy=http://127.0.0.1:${new URL(url).port}`] : []),
        ...(isPrivate ? ['--private'] : []),
        url,
      ]
      const own = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }
      const folders = ['CACHE', 'CONFIG', 'DATA'].map((name) => [`XDG_${name}_HOME`, profile])
      const env = { ...own, ...Object.fromEntries(folders) }
      return screen
        ? run({ command: screen, args: ['-a', path ?? '', ...args], env, profile })
        : run({ command: path ?? '', args, env, profile })
    },
  }
}
