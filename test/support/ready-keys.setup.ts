import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the processes of one run of the tests share RSA keys. */
    readonly readyKeys: string
  }
}

/** Makes the folder of `ready-keys.ts` for this run, and removes it at the end. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-keys-'))
  project.provide('readyKeys', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
