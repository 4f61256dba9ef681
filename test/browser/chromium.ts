import { type Browser, chromium } from 'playwright-core'
import { findExecutable } from '../support/executable.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A Chromium that is installed here: `CHROMIUM_PATH`, or a usual name on the path. */
export function findChromium(): string | null {
  return process.env.CHROMIUM_PATH || findExecutable(NAMES)
}

/** Starts it headless, with further switches of the command line. */
export function launch(switches: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? 'chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      ...switches,
    ],
  })
}
