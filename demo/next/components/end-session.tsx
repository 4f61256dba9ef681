'use client'

import { useState } from 'react'
import { endSession } from '../app/actions'
import { useSession } from '../lib/client'
import { useSecondsLeft } from '../lib/seconds-left'

/** Ends the session at the server, and says how long its access token goes on. */
export function EndSession() {
  const { session } = useSession()
  const left = useSecondsLeft(session?.expiresAt)
  const [ended, setEnded] = useState(false)
  const seconds = Math.ceil(left ?? 0)
  return (
    <form action={() => endSession().then(() => setEnded(true))}>
      <button type="submit" className="danger">
        End this session
      </button>
      {ended && seconds > 0 && (
        <p id="still" className="notice">
          The session is over, but its access token still runs for {seconds} s: this app goes on
          until then, or until it asks the server again.
        </p>
      )}
    </form>
  )
}
