import type { Row } from './rows.js'

/** What only pages have is in the types of these, so a `lib` without the DOM cannot read them. */
const OF_PAGES = /^holdfast\/(compat\/|react\b|vue\b|svelte\b|solid\b|angular\b|devtools\b)/

/**
 * Solid's own types name an event that the DOM of TypeScript 5.4 does not have, so that of 5.5 is the first that reads
 * them. The other frameworks' can be read by all.
 */
const canReadSolid = ({ version, skipLibCheck }: Row): boolean => skipLibCheck || version !== '5.4'

/** What an app that compiles like this can import. */
export const subpathsFor = (row: Row, all: readonly string[]): readonly string[] =>
  all
    .filter((name) => row.lib !== 'node' || !OF_PAGES.test(name))
    .filter((name) => canReadSolid(row) || name !== 'holdfast/solid')

/** An app of Solid without Holdfast. */
export const SOLID_ALONE = `export * from 'solid-js'`

/** A module that imports all of them, so that their types are read to the end. */
export const everything = (subpaths: readonly string[]): string =>
  subpaths.map((name, index) => `export * as m${index} from '${name}'\n`).join('')

/** An app: that the types say what they should, and are not `any`. */
export const APP = `
  import { AuthClient, type Session } from 'holdfast'
  import { gotrue } from 'holdfast/providers/gotrue'

  export const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
  const session: Session | null = await auth.getSession()
  // @ts-expect-error It may be nobody's.
  session.accessToken
  // @ts-expect-error There is no such way to sign in.
  await auth.signIn({ username: 'ada' })
  // @ts-expect-error A number has no such method.
  auth.getSnapshot().status.toFixed()
  auth.dispose()`

/** With `using`, where the `lib` knows of it; and that it takes what can be disposed of, and nothing else. */
export const USING = `
  import { AuthClient } from 'holdfast'
  import { gotrue } from 'holdfast/providers/gotrue'

  export function once(): void {
    using auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
    auth.getSnapshot()
    // @ts-expect-error Nothing of a snapshot can be disposed of.
    using snapshot = auth.getSnapshot()
  }`

/** A CommonJS module. */
export const COMMON = `
  import { AuthClient } from 'holdfast'
  import server = require('holdfast/server')
  import { gotrue } from 'holdfast/providers/gotrue'

  export const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
  export const { createBackend } = server`
