export const getServerSideProps = () => ({ props: { text: 'for few eyes' } })

export default function Old({ text }) {
  return <p>{text}</p>
}
