/** The versions of the core's interface that are spoken, from the oldest to the newest. */
export const VERSIONS = [
  '1.0',
  '2.0',
  '2.1',
  '2.2',
  '2.3',
  '2.21',
  '3.0',
  '3.1',
  '4.0',
  '5.0',
  '5.1',
  '5.2',
  '5.3',
  '5.4',
] as const

/** A version of the core's interface. */
export type Version = (typeof VERSIONS)[number]

/** Whether `version` is `least` or came after it. */
export const isSince = (version: Version, least: Version): boolean =>
  VERSIONS.indexOf(version) >= VERSIONS.indexOf(least)

/** The newest version that is among those a core names. */
export const newestOf = (told: readonly unknown[]): Version | undefined =>
  [...VERSIONS].reverse().find((version) => told.includes(version))
