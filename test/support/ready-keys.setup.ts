import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the processes of one run of the tests share RSA keys. */
    readonly readyKeys: string
  }
}

/**
 * Makes the folder of `ready-keys.ts` for this run, and removes it at the end; or takes that of
 * `HOLDFAST_READY_KEYS`, which many runs share.
 */
export default function setup(project: TestProject): () => void {
  const shared = process.env.HOLDFAST_READY_KEYS
  if (shared) mkdirSync(shared, { recursive: true })
  const folder = shared ?? mkdtempSync(join(tmpdir(), 'holdfast-keys-'))
  project.provide('readyKeys', folder)
  return () => {
    if (!shared) rmSync(folder, { recursive: true, force: true })
  }
}
