export default function Page() {
  return <p>for few eyes</p>
}
