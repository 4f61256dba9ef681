export default function Page() {
  return <p>for few eyes, in the feed</p>
}
