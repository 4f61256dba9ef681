async function tell() {
  'use server'
  return 'for few eyes'
}

export default function Act() {
  return (
    <form action={tell}>
      <button type="submit">Tell</button>
    </form>
  )
}
