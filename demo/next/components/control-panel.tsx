import { setLifetime, setMode, setRole } from '../app/actions'
import { ROLES } from '../lib/company'
import { ask } from '../lib/control'
import { authServer } from '../lib/server'
import { EndSession } from './end-session'

const MODES = [
  ['ok', 'Up'],
  ['down', 'Down'],
  ['rate-limited', 'Rate-limiting'],
  ['slow', 'Slow'],
] as const

const LIVES = [
  [30_000, '30 seconds'],
  [300_000, '5 minutes'],
] as const

function Choice({
  action,
  chosen,
  children,
}: {
  readonly action: () => Promise<void>
  readonly chosen: boolean
  readonly children: string
}) {
  return (
    <form action={action}>
      <button type="submit" aria-pressed={chosen}>
        {children}
      </button>
    </form>
  )
}

export async function ControlPanel({
  role,
  signedIn = false,
}: {
  readonly role?: string | undefined
  readonly signedIn?: boolean
}) {
  const { mode, lifetime } = await ask()
  const { name, hasPlaces, hasLives } = authServer()
  return (
    <section className="card panel" aria-labelledby="panel-title">
      <h2 id="panel-title">Be {name}</h2>
      <p>What you do here happens at the scripted server; nobody tells the app.</p>
      <fieldset>
        <legend>The server is</legend>
        {MODES.map(([word, words]) => (
          <Choice key={word} action={setMode.bind(null, word)} chosen={mode === word}>
            {words}
          </Choice>
        ))}
      </fieldset>
      {role && hasPlaces && (
        <fieldset>
          <legend>Your role in this place becomes</legend>
          {Object.keys(ROLES).map((one) => (
            <Choice key={one} action={setRole.bind(null, one)} chosen={false}>
              {one}
            </Choice>
          ))}
        </fieldset>
      )}
      {hasLives && (
        <fieldset>
          <legend>The next tokens live</legend>
          {LIVES.map(([ms, words]) => (
            <Choice key={ms} action={setLifetime.bind(null, ms)} chosen={lifetime === ms}>
              {words}
            </Choice>
          ))}
        </fieldset>
      )}
      {signedIn && <EndSession />}
    </section>
  )
}
