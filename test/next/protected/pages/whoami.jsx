import { auth } from '../auth.js'

export async function getServerSideProps({ req, res }) {
  const session = auth.pages(req, res)
  const { user } = await session.withAuth()
  if (!user) return { redirect: { destination: await session.getSignInUrl(), permanent: false } }
  return { props: { email: user.email } }
}

export default function Whoami({ email }) {
  return <p>{email}</p>
}
