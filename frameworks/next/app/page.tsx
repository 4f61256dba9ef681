export default function Home() {
  return <a href="/account">Your account</a>
}
