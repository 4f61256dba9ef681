/** Next gives the segments decoded, however they came. */
export default async function Page({ params }) {
  const { area } = await params
  return <p>{decodeURIComponent(area) === 'private' ? 'for few eyes' : 'open to all'}</p>
}
