import { isAuthError } from '../core/errors.js'
import type { SignOutScope } from '../core/provider.js'
import type { Secrets } from './secrets.js'
import type { Source } from './source.js'
import { clearStored } from './stored.js'
import { duration, failureText, type Words } from './words.js'

/** Something to do, and what came of it. */
export interface Choice {
  readonly label: string
  run(): Promise<string>
}

/** What a button does: at once, or after a question. */
export type Deed =
  | ({
      readonly kind: 'plain'
      /** Whether what it switches is on; a button that switches nothing has none. */
      readonly isOn?: () => boolean
    } & Choice)
  | {
      readonly kind: 'asking'
      readonly label: string
      readonly question: string
      readonly choices: readonly Choice[]
    }

/** What the buttons of a client's panel do: its own public methods, and nothing else. */
export function deedsOf(source: Source): readonly Deed[] {
  const { auth, place, timeouts, environment } = source
  const left = (at: number): string => duration(at - environment.clock.now())
  const signOut = (label: string, scope: SignOutScope): Choice => ({
    label,
    run: async () => {
      await auth.signOut({ scope })
      return 'It is done.'
    },
  })
  return [
    {
      kind: 'plain',
      label: 'Refresh now',
      run: async () =>
        `A new token, which lives ${left((await auth.refreshSession()).session.expiresAt)}.`,
    },
    {
      kind: 'plain',
      label: 'Get session',
      async run() {
        const session = await auth.getSession()
        return session
          ? `A session, whose token has ${left(session.expiresAt)} left.`
          : 'null: nobody is signed in.'
      },
    },
    ...(timeouts ? [stay(source)] : []),
    {
      kind: 'asking',
      label: 'Sign out…',
      question: 'Which sessions of this person end?',
      choices: [
        signOut('This one', 'local'),
        signOut('All others', 'others'),
        signOut('All', 'global'),
      ],
    },
    ...(place ? [clear(source)] : []),
  ]
}

const stay = ({ auth }: Source): Deed => ({
  kind: 'plain',
  label: 'Stay',
  run: async () => {
    await auth.stay()
    return 'The session goes on as if it were used now.'
  },
})

const clear = (source: Source): Deed => ({
  kind: 'asking',
  label: 'Clear storage…',
  question:
    'Delete what this client has stored? The tokens are lost, as when site data is cleared.',
  choices: [
    {
      label: 'Delete',
      run: async () => {
        await clearStored(source)
        return 'Storage is empty. Clients find that out at their next look.'
      },
    },
  ],
})

/** Does it, and says what came of it; never throws. */
export async function attempt(
  { label, run }: Choice,
  secrets: Secrets,
): Promise<Words & { readonly isDisposed: boolean }> {
  try {
    return { title: label, text: await run(), tone: 'plain', isDisposed: false }
  } catch (error) {
    const isDisposed = isAuthError(error, 'disposed')
    return { title: label, text: failureText(error, secrets), tone: 'bad', isDisposed }
  }
}
