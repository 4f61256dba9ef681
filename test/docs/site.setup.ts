import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../package/compile.js'
import { run } from '../support/processes.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the build of the site printed. */
    readonly siteLog: string
    /** The folder of the site that was built. */
    readonly siteFolder: string
  }
}

/** Builds the site once for all tests of it. `HOLDFAST_SITE=built` takes the one that is there. */
export default async function setup(project: TestProject): Promise<void> {
  const isBuilt = process.env.HOLDFAST_SITE === 'built'
  const line = 'node scripts/docs.mjs --build'
  const log = isBuilt ? '' : await run({ line, folder: root, env: process.env })
  project.provide('siteLog', log)
  project.provide('siteFolder', join(root, 'docs/.vitepress/dist'))
}
