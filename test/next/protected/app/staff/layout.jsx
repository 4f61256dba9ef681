export default function Layout({ children }) {
  return (
    <>
      <p>for few eyes</p>
      {children}
    </>
  )
}
