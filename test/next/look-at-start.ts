import { run } from '../../demo/next/next.mjs'
import { ask } from '../express/stage.js'
import { openLog } from '../support/next-log.js'
import { logOf } from './builds.js'

/** What a server of Next writes that starts with these settings, and the status of a page of it. */
export async function lookAtStart(
  folder: string,
  { page, ...how }: Omit<Parameters<typeof run>[1], 'stdio'> & { readonly page: string },
): Promise<{ readonly log: string; readonly status: number }> {
  const log = openLog(logOf('start'))
  const app = await run(folder, { ...how, stdio: log.stdio })
  const { status } = await ask(`http://${how.host ?? '127.0.0.1'}:${how.port}`, page)
  await app.stop()
  log.close()
  return { log: log.text(), status }
}
