'use client'

export function SignOut() {
  async function signOut() {
    await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Holdfast': '1' } })
    location.href = '/'
  }
  return (
    <button type="button" onClick={signOut}>
      Sign out
    </button>
  )
}
