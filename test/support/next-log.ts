import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What a slow machine is to blame for, and a CI that keeps no cache. */
const KNOWN = /⚠ (?:Slow filesystem detected|No build cache found)/
const COMPLAINT = /unstable|error|⨯|⚠|warn/i

/** The lines in which an app of Next says that something is wrong, such as an "unstable value". */
export const complaintsIn = (log: string): readonly string[] =>
  log.split('\n').filter((line) => COMPLAINT.test(line) && !KNOWN.test(line))

/** What the build of an app and its server print. */
export interface NextLog {
  /** Where they are to print to. */
  readonly stdio: ['ignore', number, number]
  text(): string
  /** See {@link complaintsIn}. */
  complaints(): readonly string[]
  close(): void
}

/** Begins a log on a file. */
export function openLog(path: string): NextLog {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  const text = (): string => readFileSync(path, 'utf8')
  return {
    stdio: ['ignore', file, file],
    text,
    complaints: () => complaintsIn(text()),
    close: () => closeSync(file),
  }
}
