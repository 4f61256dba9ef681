'use client'

import { useState } from 'react'
import { useSession } from '../lib/client'
import { useSecondsLeft } from '../lib/seconds-left'

export function SessionCard({
  sessionId,
  exchanges,
  server,
}: {
  readonly sessionId: string
  readonly exchanges: number
  readonly server: string
}) {
  const { status, session, error } = useSession()
  // What ended a session is an error too, and nothing is tried again then.
  const isFailing = status === 'signed-in' && error !== null
  const left = useSecondsLeft(session?.expiresAt)
  const [longest, setLongest] = useState(0)
  if (left !== null && left > longest) setLongest(left)
  const share = left === null || longest === 0 ? 0 : left / longest
  return (
    <section className="card session" aria-labelledby="session-title" data-failing={isFailing}>
      <h2 id="session-title">This session</h2>
      <div className="ring" role="img" aria-label="Life left in the access token">
        <svg viewBox="0 0 120 120" aria-hidden="true">
          <circle className="track" cx="60" cy="60" r="52" />
          <circle
            className="arc"
            cx="60"
            cy="60"
            r="52"
            pathLength="100"
            style={{ strokeDashoffset: 100 - 100 * share }}
          />
        </svg>
        <p>
          <strong>{left === null ? '–' : Math.ceil(left)}</strong>
          <small>seconds left</small>
        </p>
      </div>
      <p id="status" className="state" role="status">
        {isFailing ? `No answer of ${server}: trying again.` : status.replace('-', ' ')}
      </p>
      <dl>
        <div>
          <dt>Session</dt>
          <dd>…{sessionId.slice(-8)}</dd>
        </div>
        <div>
          <dt>Token in this page</dt>
          <dd>none</dd>
        </div>
        <div>
          <dt>Exchanges, all tabs</dt>
          <dd id="exchanges">{exchanges}</dd>
        </div>
      </dl>
      <a className="button" href="/" target="_blank" rel="noopener opener">
        Open another tab
      </a>
    </section>
  )
}
