'use client'

import { useRef, useTransition } from 'react'
import { switchPlace } from '../app/actions'
import { PLACES } from '../lib/company'

export function PlaceSwitcher({ current }: { readonly current: string }) {
  const form = useRef<HTMLFormElement>(null)
  const [busy, begin] = useTransition()
  const change = () => begin(() => switchPlace(new FormData(form.current ?? undefined)))
  return (
    <form ref={form} className="place" aria-busy={busy}>
      <label>
        <span className="unseen">Place</span>
        <select key={current} name="organizationId" defaultValue={current} onChange={change}>
          {PLACES.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </form>
  )
}
