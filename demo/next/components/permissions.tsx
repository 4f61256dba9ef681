'use client'

import { useActionState } from 'react'
import { type Changes, checkPermissions } from '../app/actions'
import { PERMISSIONS } from '../lib/company'

function tell({ gained, lost, problem }: Changes): string {
  if (problem) return problem
  const said = [
    gained.length > 0 && `New: ${gained.join(', ')}.`,
    lost.length > 0 && `Gone: ${lost.join(', ')}.`,
  ].filter(Boolean)
  return said.join(' ') || 'Nothing has changed.'
}

export function Permissions({
  place,
  role,
  granted,
  server,
}: {
  readonly place: string
  readonly role: string
  /** `null` where the server knows nothing of that. */
  readonly granted: readonly string[] | null
  readonly server: string
}) {
  const [changes, check, busy] = useActionState<Changes | null>(checkPermissions, null)
  return (
    <section className="card" aria-labelledby="may-title">
      <header>
        <h1 id="may-title">{place}</h1>
        {role && (
          <span className="badge" id="role">
            {role}
          </span>
        )}
      </header>
      {granted ? (
        <ul className="permissions">
          {Object.entries(PERMISSIONS).map(([name, words]) => (
            <li key={name} data-permission={name} data-granted={granted.includes(name)}>
              <span>{words}</span>
              <small>{granted.includes(name) ? 'allowed' : 'not allowed'}</small>
            </li>
          ))}
        </ul>
      ) : (
        <p>This server knows people, and nothing of what they may do here.</p>
      )}
      <form action={check} className="row">
        <button type="submit" className="primary" disabled={busy}>
          Ask {server} again
        </button>
        <output id="changes">{changes && tell(changes)}</output>
      </form>
    </section>
  )
}
