import { type Browser, chromium } from 'playwright-core'
import { findExecutable } from '../support/executable.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A Chromium that is installed here: `CHROMIUM_PATH`, or a usual name on the path. */
export function findChromium(): string | null {
  return process.env.CHROMIUM_PATH || findExecutable(NAMES)
}

/** The same browser without windows, toolbars and extensions, for a third of the CPU time. */
const findShell = (): string | null =>
  process.env.CHROMIUM_SHELL_PATH || findExecutable(['chromium-headless-shell'])

/** How the whole browser is started, headless. */
export const OPTIONS = {
  executablePath: findChromium() ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
}

/** Starts the whole browser, headless, with further switches of the command line. */
export const launchWhole = (switches: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, args: [...OPTIONS.args, ...switches] })

/** Starts what pages need of it: the headless shell, or the whole browser where there is none. */
export const launch = (switches: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: findShell() ?? OPTIONS.executablePath,
    args: [...OPTIONS.args, ...switches],
  })
