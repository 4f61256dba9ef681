import { type Browser, chromium } from 'playwright-core'
import { findExecutable } from '../support/executable.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A Chromium that is installed here: `CHROMIUM_PATH`, or a usual name on the path. */
export function findChromium(): string | null {
  return process.env.CHROMIUM_PATH || findExecutable(NAMES)
}

/** How it is started, headless. */
export const OPTIONS = {
  executablePath: findChromium() ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
}

/** Starts it headless, with further switches of the command line. */
export const launch = (switches: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, args: [...OPTIONS.args, ...switches] })
