import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './processes.js'

/** Our own environment, without what npm and vitest put there for us. */
export function cleanEnv(path: string): Readonly<Record<string, string | undefined>> {
  const ours = /^(npm_(package|lifecycle)_|VITEST|NODE_ENV$|NODE_OPTIONS$|DEV$|PROD$|MODE$|TEST$)/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  // Nothing but the registry is to be asked, and no test is to be counted as somebody's work.
  const silent = ['ASTRO', 'NEXT', 'NUXT'].map((name) => [`${name}_TELEMETRY_DISABLED`, '1'])
  return { ...Object.fromEntries([...kept, ...silent]), CI: 'true', PATH: path }
}

const OFFLINE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT/

/** Runs npm. @throws Error that says so when the registry cannot be reached. */
export async function npm(
  words: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>> = cleanEnv(process.env.PATH ?? ''),
): Promise<void> {
  const line = `npm ${words} --no-audit --no-fund`
  await run({ line, folder, env }).catch((error: unknown) => {
    if (!OFFLINE.test(`${error}`)) throw error
    throw new Error(`The registry cannot be reached, so \`npm ${words}\` installs nothing.`, {
      cause: error,
    })
  })
}

/** Unpacks the package, as npm would publish it, and resolves to the folder that it is in. */
export async function unpackPackage(root: string, folder: string): Promise<string> {
  const env = cleanEnv(process.env.PATH ?? '')
  await npm(`pack --ignore-scripts --pack-destination "${folder}"`, root)
  await run({ line: 'tar -xzf holdfast-*.tgz', folder, env })
  return join(folder, 'package')
}

/**
 * Installs what the lock file of a folder says, without the scripts of the packages, in another folder:
 * the repository itself installs none of it.
 * @throws Error that says so when the registry cannot be reached.
 */
export async function installLocked(from: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true })
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(from, name), join(into, name))
  }
  await npm('ci --ignore-scripts', into)
}
