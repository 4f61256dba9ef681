import { auth } from '../../auth.js'

export default async function Link() {
  return <a href={await auth.getSignInUrl()}>Sign in</a>
}
