import type { RealmLab } from '../lab.js'

/** Something that is tried in every realm. */
export interface Check {
  /** What is tried, as the table says it. */
  readonly name: string
  /** Resolves to what came of it, in a few words. @throws Error where Holdfast broke its word. */
  readonly run: (lab: RealmLab) => Promise<string>
}
