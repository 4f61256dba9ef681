import { auth } from '../auth.js'

export async function getServerSideProps({ req, res }) {
  const session = auth.pages(req, res)
  const { user, accessToken } = await session.withAuth()
  if (!user) return { redirect: { destination: await session.getSignInUrl(), permanent: false } }
  // The end of a token is enough to tell two apart.
  return { props: { text: `${user.email} ${accessToken.slice(-12)}` } }
}

export default function Whoami({ text }) {
  return <p>{text}</p>
}
