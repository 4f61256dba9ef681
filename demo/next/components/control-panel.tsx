import { endSession, setLifetime, setMode, setRole } from '../app/actions'
import { ROLES } from '../lib/company'
import { ask } from '../lib/workos'

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

export async function ControlPanel({ role }: { readonly role?: string | undefined }) {
  const { mode, lifetime } = await ask()
  return (
    <section className="card panel" aria-labelledby="panel-title">
      <h2 id="panel-title">Be WorkOS</h2>
      <p>What you do here happens at the scripted server, behind the app’s back.</p>
      <fieldset>
        <legend>The server is</legend>
        {MODES.map(([name, words]) => (
          <Choice key={name} action={setMode.bind(null, name)} chosen={mode === name}>
            {words}
          </Choice>
        ))}
      </fieldset>
      {role && (
        <fieldset>
          <legend>Your role in this place becomes</legend>
          {Object.keys(ROLES).map((name) => (
            <Choice key={name} action={setRole.bind(null, name)} chosen={false}>
              {name}
            </Choice>
          ))}
        </fieldset>
      )}
      <fieldset>
        <legend>The next tokens live</legend>
        {LIVES.map(([ms, words]) => (
          <Choice key={ms} action={setLifetime.bind(null, ms)} chosen={lifetime === ms}>
            {words}
          </Choice>
        ))}
      </fieldset>
      {role && (
        <form action={endSession}>
          <button type="submit" className="danger">
            End this session
          </button>
        </form>
      )}
    </section>
  )
}
