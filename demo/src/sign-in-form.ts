import { isAuthError } from 'holdfast'
import { byId } from '../shared/dom.js'
import { signIn } from './auth.js'

const FIELDS = ['email', 'password']
const PROBLEM = 'sign-in-problem'

const field = (name: string): HTMLInputElement | null =>
  byId('sign-in').querySelector(`[name=${name}]`)

/** What a person can do about an error of signing in. */
function adviceFor(error: unknown): string {
  if (!isAuthError(error)) return `That did not work: ${String(error)}`
  if (error.code === 'invalid_credentials') return 'No account has this email and this password.'
  if (error.retryable) return `The server does not answer as it should (${error.code}). Try again.`
  return error.message
}

function clearProblem(): void {
  byId(PROBLEM).hidden = true
  for (const name of FIELDS) {
    field(name)?.removeAttribute('aria-describedby')
    field(name)?.removeAttribute('aria-invalid')
  }
}

/** Says at the form what went wrong, and ties it to the fields, so that whoever comes to them hears it. */
function showProblem(error: unknown): void {
  const problem = byId(PROBLEM)
  problem.textContent = adviceFor(error)
  problem.hidden = false
  const wrong = isAuthError(error) && error.code === 'invalid_credentials'
  for (const name of FIELDS) {
    field(name)?.setAttribute('aria-describedby', PROBLEM)
    if (wrong) field(name)?.setAttribute('aria-invalid', 'true')
  }
  if (wrong) field('password')?.focus()
}

/** Lets the form sign in, and say at itself why it could not. */
export function runSignInForm(): void {
  const form = byId('sign-in')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    clearProblem()
    form.setAttribute('aria-busy', 'true')
    try {
      await signIn({ email: field('email')?.value ?? '', password: field('password')?.value ?? '' })
    } catch (error) {
      showProblem(error)
    } finally {
      form.removeAttribute('aria-busy')
    }
  })
}
