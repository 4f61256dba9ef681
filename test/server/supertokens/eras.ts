import { VERSIONS, type Version } from '../../../src/server/supertokens/versions.js'

/** From which version on the interface is what it is until the next one. */
export const ERAS = ['1.0', '2.0', '2.3', '2.4', '2.6', '2.8', '2.21', '3.0', '4.0', '5.6'] as const
export type Era = (typeof ERAS)[number]

const eraOf = (version: Version): Era => {
  const index = VERSIONS.indexOf(version)
  return [...ERAS].reverse().find((era) => VERSIONS.indexOf(era) <= index) ?? '1.0'
}

/** What is so from the first version on, and again from each that changes it. */
export type Course<T> = Readonly<Partial<Record<Era, T>>>

/** The entry of a course that is in force at a version. */
export function inForce<T>(course: Course<T>, version: Version): T | undefined {
  const reached = ERAS.slice(0, ERAS.indexOf(eraOf(version)) + 1)
  const era = reached.reverse().find((one) => one in course)
  return era && course[era]
}
